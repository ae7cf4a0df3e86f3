/** What a segment means, over one person in memory. db/segment-sql.ts says the same in SQL; docs/segments.md in words. */
import type { ConsentStatus } from "../contact/consent.ts";
import type { FieldValue } from "../contact/fields.ts";
import type { ListId, TagId } from "../ids.ts";
import { fold, foldRuleText } from "./fold.ts";
import { isGroup, type SegmentCondition, type SegmentRule } from "./schema.ts";

export type EngagementKind = "delivered" | "opened" | "clicked";

/** All that a rule can ask about. */
export type Person = {
  readonly email: string | null;
  readonly phone: string | null;
  readonly firstName: string;
  readonly lastName: string;
  readonly locale: string;
  readonly timeZone: string;
  readonly country: string;
  readonly source: string;
  readonly createdAtMs: number;
  readonly fields: Readonly<Record<string, FieldValue>>;
  readonly tags: ReadonlySet<TagId>;
  readonly lists: ReadonlySet<ListId>;
  readonly emailConsent: ConsentStatus;
  readonly smsConsent: ConsentStatus;
  /** What this person did; what machines did on their behalf is left out. */
  readonly events: readonly { readonly kind: EngagementKind; readonly atMs: number }[];
};

export const dayMs = 86_400_000;

export function matches(rule: SegmentRule, person: Person, nowMs: number): boolean {
  if (!isGroup(rule)) return holds(rule, person, nowMs);
  switch (rule.kind) {
    case "all":
      return rule.of.every((r) => matches(r, person, nowMs));
    case "any":
      return rule.of.some((r) => matches(r, person, nowMs));
    case "none":
      return !rule.of.some((r) => matches(r, person, nowMs));
  }
}

function holds(condition: SegmentCondition, person: Person, nowMs: number): boolean {
  switch (condition.kind) {
    case "text":
      return textHolds(condition, fold(textOf(person, condition.field)));
    case "number":
      return numberHolds(condition, customOf(person, condition.field));
    case "boolean":
      return customOf(person, condition.field) === condition.value;
    case "date": {
      const date = dateOf(person, condition.field);
      if (date === undefined) return false;
      if (condition.op === "on") return date === condition.value;
      return condition.op === "before" ? date < condition.value : date > condition.value;
    }
    case "within":
      return isWithin(condition, person, nowMs);
    case "present":
      return isPresent(person, condition.field) === condition.value;
    case "tag":
      return person.tags.has(condition.tag) === condition.has;
    case "list":
      return person.lists.has(condition.list) === condition.in;
    case "consent":
      return (condition.channel === "email" ? person.emailConsent : person.smsConsent) === condition.status;
    case "engagement": {
      const since = nowMs - condition.days * dayMs;
      return person.events.some((e) => e.kind === condition.event && e.atMs > since) === condition.did;
    }
  }
}

/** Whatever is not text, or is not there, counts as the empty text. */
function textOf(person: Person, field: (SegmentCondition & { kind: "text" })["field"]): string {
  switch (field) {
    case "email":
      return person.email ?? "";
    case "phone":
      return person.phone ?? "";
    case "first_name":
      return person.firstName;
    case "last_name":
      return person.lastName;
    case "locale":
      return person.locale;
    case "time_zone":
      return person.timeZone;
    case "country":
      return person.country;
    case "source":
      return person.source;
    default: {
      const value = customOf(person, field);
      return typeof value === "string" ? value : "";
    }
  }
}

function customOf(person: Person, field: string): FieldValue | undefined {
  const key = field.slice("fields.".length);
  return Object.hasOwn(person.fields, key) ? person.fields[key] : undefined;
}

function textHolds(condition: SegmentCondition & { kind: "text" }, text: string): boolean {
  const wanted = foldRuleText(condition.value);
  switch (condition.op) {
    case "is":
      return text === wanted;
    case "is_not":
      return text !== wanted;
    case "contains":
      return text.includes(wanted);
    case "not_contains":
      return !text.includes(wanted);
    case "starts_with":
      return text.startsWith(wanted);
    case "ends_with":
      return text.endsWith(wanted);
  }
}

function numberHolds(
  condition: SegmentCondition & { kind: "number" },
  value: FieldValue | undefined,
): boolean {
  // "Is not 5" holds for people of whom no number is known; "less than 5" does not.
  if (condition.op === "ne") return value !== condition.value;
  if (typeof value !== "number") return false;
  switch (condition.op) {
    case "eq":
      return value === condition.value;
    case "lt":
      return value < condition.value;
    case "lte":
      return value <= condition.value;
    case "gt":
      return value > condition.value;
    case "gte":
      return value >= condition.value;
  }
}

export const datePattern = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;

/** The calendar day in UTC, as text that sorts like time; undefined where there is none. */
function dateOf(person: Person, field: string): string | undefined {
  if (field === "created_at") return utcDate(person.createdAtMs);
  const value = customOf(person, field);
  return typeof value === "string" && datePattern.test(value) ? value : undefined;
}

export function utcDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** After the start of the window and not after now. A day of the calendar counts as its first moment in UTC. */
function isWithin(condition: SegmentCondition & { kind: "within" }, person: Person, nowMs: number): boolean {
  const startMs = nowMs - condition.days * dayMs;
  if (condition.field === "created_at") return person.createdAtMs > startMs && person.createdAtMs <= nowMs;
  const date = dateOf(person, condition.field);
  return date !== undefined && date > utcDate(startMs) && date <= utcDate(nowMs);
}

function isPresent(person: Person, field: (SegmentCondition & { kind: "present" })["field"]): boolean {
  if (field === "created_at") return true;
  if (!field.startsWith("fields.")) return textOf(person, field as "email") !== "";
  const value = customOf(person, field);
  return value !== undefined && value !== null && value !== "";
}
