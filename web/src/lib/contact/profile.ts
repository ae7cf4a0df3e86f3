/** A contact's profile as a form: everything is text there, and only what changed is sent. */
import type { FieldType, FieldValue } from "#domain/contact/fields";
import type { Schema } from "#lib/api/client.ts";
import type { Contact } from "./queries.ts";

export type Field = Schema<"Field">;
export const profileFields = [
  "email",
  "phone",
  "first_name",
  "last_name",
  "country",
  "locale",
  "time_zone",
] as const;
export type ProfileField = (typeof profileFields)[number];
export type Profile = Record<ProfileField, string> & { fields: Record<string, string> };
type Clearable = "email" | "phone";
export type ProfileChange = { [Name in Clearable]?: string | null } & {
  [Name in Exclude<ProfileField, Clearable>]?: string;
} & { fields?: Record<string, FieldValue> };

export function profileOf(contact: Contact, fields: readonly Field[]): Profile {
  const text = Object.fromEntries(profileFields.map((name) => [name, contact[name] ?? ""])) as Record<
    ProfileField,
    string
  >;
  return { ...text, fields: Object.fromEntries(fields.map(({ key }) => [key, textOf(contact.fields[key])])) };
}

function textOf(value: FieldValue | undefined): string {
  return value === null || value === undefined ? "" : String(value);
}

/** What the API must be told to get from `before` to `after`. An empty custom field is removed. */
export function changesOf(before: Profile, after: Profile, fields: readonly Field[]): ProfileChange {
  const change: ProfileChange = {};
  for (const name of profileFields) {
    if (after[name] === before[name]) continue;
    if (name === "email" || name === "phone") change[name] = after[name] || null;
    else change[name] = after[name];
  }
  const changed = fields.filter(({ key }) => (after.fields[key] ?? "") !== (before.fields[key] ?? ""));
  if (changed.length > 0)
    change.fields = Object.fromEntries(
      changed.map(({ key, type }) => [key, typed(type, after.fields[key] ?? "")]),
    );
  return change;
}

function typed(type: FieldType, text: string): FieldValue {
  if (text === "") return null;
  if (type === "number") return Number(text);
  if (type === "boolean") return text === "true";
  return text;
}

/** What is wrong with a custom field's text; undefined where nothing is. */
export function fieldProblem(type: FieldType, text: string): string | undefined {
  if (type === "number" && text !== "" && !Number.isFinite(Number(text)))
    return "Enter a number, as 12 or 12.5";
  if (text.length > 2_000) return "At most 2,000 characters";
  return undefined;
}
