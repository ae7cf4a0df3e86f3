/** What a condition can be about, and what can be asked of it. */
import type { ConsentStatus } from "#domain/contact/consent";
import { builtinTextFields } from "#domain/segment/schema";
import type { Schema } from "#lib/api/client.ts";
import { consentWords } from "#lib/contact/words.ts";
import { labelOf } from "#lib/format.ts";
import type { Option } from "#lib/ui/option.ts";

export type SubjectKind = "text" | "number" | "boolean" | "date" | "tag" | "list" | "consent" | "engagement";
export type Subject = {
  /** `country`, `fields.city`, `tag`, `consent.email`, `engagement.opened`. */
  readonly key: string;
  readonly kind: SubjectKind;
  readonly label: string;
  readonly group: string;
};

const builtin: Record<(typeof builtinTextFields)[number], string> = {
  email: "E-mail address",
  phone: "Phone",
  first_name: "First name",
  last_name: "Last name",
  locale: "Language",
  time_zone: "Time zone",
  country: "Country",
  source: "Source",
};

export function subjectsOf(fields: readonly Schema<"Field">[]): Subject[] {
  const person = "Person";
  return [
    { key: "tag", kind: "tag", label: "Tag", group: "Audience" },
    { key: "list", kind: "list", label: "List", group: "Audience" },
    { key: "consent.email", kind: "consent", label: "E-mail consent", group: "Audience" },
    { key: "consent.sms", kind: "consent", label: "SMS consent", group: "Audience" },
    { key: "engagement.opened", kind: "engagement", label: "Opened", group: "Engagement" },
    { key: "engagement.clicked", kind: "engagement", label: "Clicked", group: "Engagement" },
    { key: "engagement.delivered", kind: "engagement", label: "Received", group: "Engagement" },
    ...builtinTextFields.map((key): Subject => ({ key, kind: "text", label: builtin[key], group: person })),
    { key: "created_at", kind: "date", label: "Added", group: person },
    ...fields.map(
      ({ key, label, type }): Subject => ({ key: `fields.${key}`, kind: type, label, group: "Custom field" }),
    ),
  ];
}
/** A rule may speak of a field that was removed since. */
export function lostSubject(key: string, kind: SubjectKind): Subject {
  return { key, kind, label: `${labelOf(key.replace("fields.", ""))} (removed)`, group: "Custom field" };
}

const presence: readonly Option[] = [
  { value: "present", label: "is known" },
  { value: "absent", label: "is not known" },
];
const operators: Record<SubjectKind, readonly Option[]> = {
  text: [
    { value: "is", label: "is" },
    { value: "is_not", label: "is not" },
    { value: "contains", label: "contains" },
    { value: "not_contains", label: "does not contain" },
    { value: "starts_with", label: "begins with" },
    { value: "ends_with", label: "ends with" },
    ...presence,
  ],
  number: [
    { value: "eq", label: "is" },
    { value: "ne", label: "is not" },
    { value: "gte", label: "is at least" },
    { value: "gt", label: "is more than" },
    { value: "lte", label: "is at most" },
    { value: "lt", label: "is less than" },
    ...presence,
  ],
  boolean: [{ value: "yes", label: "is yes" }, { value: "no", label: "is no" }, ...presence],
  date: [
    { value: "within", label: "is within the last" },
    { value: "on", label: "is on" },
    { value: "before", label: "is before" },
    { value: "after", label: "is after" },
    ...presence,
  ],
  tag: [
    { value: "has", label: "is" },
    { value: "lacks", label: "is not" },
  ],
  list: [
    { value: "in", label: "is" },
    { value: "out", label: "is not" },
  ],
  consent: [{ value: "is", label: "is" }],
  engagement: [
    { value: "did", label: "a mail within the last" },
    { value: "not", label: "no mail within the last" },
  ],
};
export function operatorsOf({ kind, key }: Subject): readonly Option[] {
  // Everybody was added at some time.
  return key === "created_at"
    ? operators.date.filter(({ value }) => value !== "present" && value !== "absent")
    : operators[kind];
}

export type ValueKind = "none" | "text" | "number" | "date" | "days" | "tag" | "list" | "consent";
export function valueKindOf(kind: SubjectKind, op: string): ValueKind {
  if (op === "present" || op === "absent" || kind === "boolean") return "none";
  if (op === "within" || kind === "engagement") return "days";
  return kind;
}

export const consentOptions: readonly Option<ConsentStatus>[] = (
  ["subscribed", "pending", "unsubscribed", "none"] as const
).map((status) => ({ value: status, label: consentWords[status].label }));
