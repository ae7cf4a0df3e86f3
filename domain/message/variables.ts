/** The variables a template may use, and where each comes from. */
import type { FieldDefinition, FieldType, FieldValue } from "../contact/fields.ts";

export type VariableSource = "contact" | "message" | "tenant";
export type StandardVariable = {
  readonly name: string;
  readonly source: VariableSource;
  readonly label: string;
  readonly example: string;
};

export const standardVariables = [
  { name: "email", source: "contact", label: "E-mail address", example: "ada@example.com" },
  { name: "first_name", source: "contact", label: "First name", example: "Ada" },
  { name: "last_name", source: "contact", label: "Last name", example: "Lovelace" },
  { name: "full_name", source: "contact", label: "First and last name", example: "Ada Lovelace" },
  { name: "locale", source: "contact", label: "Language, as en-IE", example: "en-IE" },
  { name: "country", source: "contact", label: "Country, as IE", example: "IE" },
  { name: "unsubscribe_url", source: "message", label: "Unsubscribe link", example: "" },
  { name: "preferences_url", source: "message", label: "Preference page", example: "" },
  { name: "view_url", source: "message", label: "View in browser", example: "" },
  { name: "postal_address", source: "tenant", label: "Your postal address", example: "" },
  { name: "tenant_name", source: "tenant", label: "Name of your workspace", example: "" },
] as const satisfies readonly StandardVariable[];

export type VariableName = (typeof standardVariables)[number]["name"];
const byName = new Map<string, StandardVariable>(standardVariables.map((v) => [v.name, v]));
export const standardVariable = (name: string): StandardVariable | undefined => byName.get(name);

/** The root under which a tenant's own fields are found: `{{ fields.city }}`. */
export const fieldsRoot = "fields";

/** What rendering needs to know of a person. */
export type Recipient = {
  readonly email: string | null;
  readonly firstName: string;
  readonly lastName: string;
  readonly locale: string;
  readonly country: string;
  readonly fields: Readonly<Record<string, FieldValue>>;
};

/** What is the same for all recipients of one tenant, at one moment. */
export type Surroundings = { readonly tenantName: string; readonly nowMs: number };

/** Which variables a template reads; `fields` is "all" where it walks them or picks one by a computed key. */
export type Uses = {
  readonly names: readonly string[];
  readonly fields: readonly string[] | "all";
  readonly now: boolean;
};

/** Plain JSON, kept with a claim: with the frozen template and the links it yields the same mail again. */
export type ContactInputs = {
  readonly values: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, FieldValue>>;
  readonly nowMs?: number | undefined;
};

const readers: Record<string, (recipient: Recipient, around: Surroundings) => string> = {
  email: (r) => r.email ?? "",
  first_name: (r) => r.firstName,
  last_name: (r) => r.lastName,
  full_name: (r) => `${r.firstName} ${r.lastName}`.trim(),
  locale: (r) => r.locale,
  country: (r) => r.country,
  tenant_name: (_, around) => around.tenantName,
};

/** Only what the template reads, only where there is a value: stored inputs stay small. */
export function inputsOf(
  compiled: { readonly uses: Uses },
  recipient: Recipient,
  around: Surroundings,
): ContactInputs {
  const { uses } = compiled;
  const values: Record<string, string> = {};
  for (const name of uses.names) {
    const value = readers[name]?.(recipient, around);
    if (value) values[name] = withoutNul(value);
  }
  const fields: Record<string, FieldValue> = {};
  for (const key of uses.fields === "all" ? Object.keys(recipient.fields) : uses.fields) {
    const value = Object.hasOwn(recipient.fields, key) ? recipient.fields[key] : undefined;
    if (value === undefined || value === null || value === "") continue;
    fields[key] = typeof value === "string" ? withoutNul(value) : value;
  }
  return uses.now ? { values, fields, nowMs: around.nowMs } : { values, fields };
}

/** NUL marks the slots of compiled content (slots.ts), so it may not come in with a value. */
export function withoutNul(text: string): string {
  return text.includes("\0") ? text.replaceAll("\0", "") : text;
}

/** Somebody to render for when nobody in particular is meant; every field of the tenant holds something. */
export function inventRecipient(fields: readonly Pick<FieldDefinition, "key" | "type">[]): Recipient {
  return {
    email: "ada@example.com",
    firstName: "Ada",
    lastName: "Lovelace",
    locale: "en-IE",
    country: "IE",
    fields: Object.fromEntries(fields.map(({ key, type }) => [key, inventedValues[type]])),
  };
}
const inventedValues: Readonly<Record<FieldType, FieldValue>> = {
  text: "Example",
  number: 42,
  boolean: true,
  date: "2026-05-17",
};
