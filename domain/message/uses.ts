/** Which variables content reads, gathered over its parts. */
import type { FieldValue } from "../contact/fields.ts";
import type { Used } from "./liquid.ts";
import { fieldsRoot, standardVariable, type Uses } from "./variables.ts";

/** From the content's defaults, once per version: names of their own, and those under `fields.`. */
export type Defaults = {
  readonly names: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, FieldValue>>;
};

export function usesOf(variables: readonly Used[], now: boolean): Uses {
  const names = new Set<string>();
  const fields = new Set<string>();
  let all = false;
  const visit = (path: readonly unknown[]) => {
    const [root, key] = path;
    if (root === fieldsRoot) {
      if (typeof key === "string") fields.add(key);
      else all = true;
    } else if (typeof root === "string" && standardVariable(root)) names.add(root);
    // `fields[country]`: the computed key is a variable too.
    for (const segment of path) if (isVariable(segment)) visit(segment.segments);
  };
  for (const variable of variables) visit(variable.path);
  return { names: [...names].sort(), fields: all ? "all" : [...fields].sort(), now };
}

function isVariable(segment: unknown): segment is { segments: readonly unknown[] } {
  return typeof segment === "object" && segment !== null && "segments" in segment;
}

export function splitDefaults(defaults: Readonly<Record<string, string>>): Defaults {
  const names: Record<string, string> = {};
  const fields: Record<string, FieldValue> = {};
  const prefix = `${fieldsRoot}.`;
  for (const [key, value] of Object.entries(defaults)) {
    if (value === "") continue;
    if (key.startsWith(prefix)) fields[key.slice(prefix.length)] = value;
    else names[key] = value;
  }
  return { names, fields };
}
