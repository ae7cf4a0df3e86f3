/** Every operation of the OpenAPI document, with what is needed to call it. */
import { contracts, openApiDocument } from "#worker/openapi";

export type Schema = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly example?: unknown;
  readonly default?: unknown;
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly minimum?: number;
};
type Parameter = { readonly in: string; readonly name: string; readonly schema?: Schema };
type Described = {
  readonly "x-permission"?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> };
};

export type Operation = {
  readonly method: string;
  /** As in the document, `/v1/contacts/{id}`. */
  readonly path: string;
  readonly title: string;
  /** `public`, `session`, or what the caller's role must allow. */
  readonly permission: string;
  /** What stands in the path: the prefix of an id, or the name of another parameter. Undefined where nothing does. */
  readonly names: string | undefined;
  readonly body: { readonly type: string; readonly schema: Schema } | undefined;
};

const document = openApiDocument() as unknown as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
};

export const operations: readonly Operation[] = contracts.map(({ method, path }) => {
  const described = document.paths[path]?.[method];
  if (!described) throw new Error(`${method} ${path} is not in the document`);
  const parameter = described.parameters?.find((p) => p.in === "path");
  const [type, media] = Object.entries(described.requestBody?.content ?? {})[0] ?? [];
  return {
    method: method.toUpperCase(),
    path,
    title: `${method.toUpperCase()} ${path}`,
    permission: described["x-permission"] ?? "unknown",
    names: parameter && (/^\^([a-z]{3})_/.exec(parameter.schema?.pattern ?? "")?.[1] ?? parameter.name),
    body: type && media?.schema ? { type, schema: media.schema } : undefined,
  };
});

export const pathOf = (operation: Operation, id: string) =>
  operation.path.replace(/\{\w+\}/, encodeURIComponent(id));

/** The least a schema accepts. */
export function leastOf(schema: Schema): unknown {
  if (schema.$ref) return leastOf(document.components.schemas[schema.$ref.split("/").at(-1) ?? ""] ?? {});
  // Not the example, which is a moment of the past by now.
  if (schema.format === "date-time") return "2100-01-01T00:00:00.000Z";
  if (schema.example !== undefined) return schema.example;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const [choice] = schema.anyOf ?? schema.oneOf ?? [];
  if (choice) return leastOf(choice);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map(leastOf));
  const type = typeof schema.type === "string" ? schema.type : schema.type?.[0];
  switch (type) {
    case "object": {
      const wanted = (schema.required ?? []).filter((key) => schema.properties?.[key]?.default === undefined);
      return Object.fromEntries(wanted.map((key) => [key, leastOf(schema.properties?.[key] ?? {})]));
    }
    case "array":
      return Array.from({ length: schema.minItems ?? 0 }, () => leastOf(schema.items ?? {}));
    case "string":
      // Read as an address or as any other text.
      return "x@shop.example".padEnd(schema.minLength ?? 0, "x");
    case "integer":
    case "number":
      return schema.minimum ?? 1;
    case "boolean":
      return true;
    default:
      return null;
  }
}
