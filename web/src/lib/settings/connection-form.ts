/** A new connection as a form: values by the paths of its kind's fields, and the body they become. */
import type { ProviderKind } from "#domain/sending/provider";
import type { paths } from "#lib/api/schema.d.ts";
import { type FormChannel, isSecret, kindFields, pathOf, type SecretName } from "./connection-kinds.ts";

export type ConnectionValues = Record<SecretName, string> & {
  channel: FormChannel;
  kind: ProviderKind;
  name: string;
  settings: Record<string, string | boolean>;
};
export type ConnectionBody = paths["/v1/connections"]["post"]["requestBody"]["content"]["application/json"];

export const noSecrets: Record<SecretName, string> = {
  password: "",
  api_key: "",
  webhook_secret: "",
  access_key_id: "",
  secret_access_key: "",
  auth_token: "",
};

export function emptySettings(kind: ProviderKind): Record<string, string | boolean> {
  const settings = kindFields[kind].flatMap((field) =>
    isSecret(field) ? [] : [[field.setting, field.initial ?? ""] as const],
  );
  return Object.fromEntries(settings);
}

export function emptyConnection(kind: ProviderKind, channel: FormChannel): ConnectionValues {
  return { ...noSecrets, channel, kind, name: "", settings: emptySettings(kind) };
}

/** "API key" keeps its capitals, "Region" does not. */
const inSentence = (label: string) =>
  /^[A-Z][a-z]/.test(label) ? label[0]?.toLowerCase() + label.slice(1) : label;

export function connectionProblems(values: ConnectionValues): { path: string[]; message: string }[] {
  return kindFields[values.kind].flatMap((field) => {
    const value = isSecret(field) ? values[field.secret] : values.settings[field.setting];
    const path = pathOf(field).split(".");
    if (typeof value === "boolean") return [];
    if (!value?.trim())
      return field.optional ? [] : [{ path, message: `Enter the ${inSentence(field.label)}` }];
    const message = field.check?.(value.trim());
    return message ? [{ path, message }] : [];
  });
}

/** What was left empty is left out: the API has its own defaults. */
export function connectionBody(values: ConnectionValues): ConnectionBody {
  const { kind, channel, name } = values;
  const settings: Record<string, string | number | boolean> = {};
  const secrets: Partial<Record<SecretName, string>> = {};
  for (const field of kindFields[kind]) {
    if (isSecret(field)) {
      if (values[field.secret] !== "") secrets[field.secret] = values[field.secret];
      continue;
    }
    const value = values.settings[field.setting] ?? "";
    if (typeof value === "boolean") settings[field.setting] = value;
    else if (value.trim() !== "") settings[field.setting] = field.number ? Number(value) : value.trim();
  }
  // The table names the fields of each kind exactly as the contract does; test/unit/connection-form.test.ts holds it to that.
  return { kind, channel, name, settings, ...secrets } as ConnectionBody;
}
