/** A rule as an English sentence. */
import type { ListId, TagId } from "../ids.ts";
import { isGroup, type SegmentCondition, type SegmentRule } from "./schema.ts";

/** What things are called by their owners; undefined where a thing is gone. */
export type Names = {
  tag(id: TagId): string | undefined;
  list(id: ListId): string | undefined;
  /** Label of a custom field. */
  field(key: string): string | undefined;
};

export function describe(rule: SegmentRule, names: Names): string {
  const simple = simplify(rule);
  if (simple === "everyone") return "Everyone.";
  if (simple === "no one") return "No one.";
  if (isGroup(simple) && simple.kind === "none")
    return `Everyone except people ${joined(simple.of, "or", names)}.`;
  return `People ${phrase(simple, names, false)}.`;
}

/** Groups of one thing are that thing; groups of nothing are everyone or no one. */
function simplify(rule: SegmentRule): SegmentRule | "everyone" | "no one" {
  if (!isGroup(rule)) return rule;
  const [absorbing, neutral] =
    rule.kind === "all" ? (["no one", "everyone"] as const) : (["everyone", "no one"] as const);
  const parts: SegmentRule[] = [];
  for (const part of rule.of.map(simplify)) {
    if (part === absorbing) return rule.kind === "none" ? "no one" : absorbing;
    if (part !== "everyone" && part !== "no one") parts.push(part);
  }
  if (parts.length === 0) return rule.kind === "none" ? "everyone" : neutral;
  const [only] = parts;
  return parts.length === 1 && only && rule.kind !== "none" ? only : { kind: rule.kind, of: parts };
}

function phrase(rule: SegmentRule, names: Names, isInner: boolean): string {
  if (!isGroup(rule)) return conditionPhrase(rule, names);
  if (rule.kind === "none") return `for whom it is not true that they are people ${enclosed(rule.of, names)}`;
  const text = joined(rule.of, rule.kind === "all" ? "and" : "or", names);
  return isInner ? `(${text})` : text;
}

const enclosed = (rules: readonly SegmentRule[], names: Names) =>
  rules.length === 1 ? joined(rules, "or", names) : `(${joined(rules, "or", names)})`;

function joined(rules: readonly SegmentRule[], word: "and" | "or", names: Names): string {
  return rules.map((rule) => phrase(rule, names, true)).join(` ${word} `);
}

function conditionPhrase(condition: SegmentCondition, names: Names): string {
  switch (condition.kind) {
    case "text":
      return `whose ${label(condition.field, names)} ${textVerbs[condition.op]} ${quoted(condition.value)}`;
    case "number":
      return `whose ${label(condition.field, names)} is ${numberVerbs[condition.op]}${condition.value}`;
    case "boolean":
      return `whose ${label(condition.field, names)} is ${condition.value ? "yes" : "no"}`;
    case "date":
      return condition.field === "created_at"
        ? `who were added ${condition.op} ${condition.value}`
        : `whose ${label(condition.field, names)} is ${condition.op} ${condition.value}`;
    case "within":
      return condition.field === "created_at"
        ? `who were added ${lastDays(condition.days)}`
        : `whose ${label(condition.field, names)} was ${lastDays(condition.days)}`;
    case "present":
      return `who have ${condition.value ? "a known" : "no known"} ${label(condition.field, names)}`;
    case "tag":
      return `who ${condition.has ? "have" : "do not have"} the tag ${quoted(names.tag(condition.tag))}`;
    case "list":
      return `who are ${condition.in ? "in" : "not in"} the list ${quoted(names.list(condition.list))}`;
    case "consent":
      return `whose ${condition.channel === "email" ? "e-mail" : "SMS"} consent is ${consentWords[condition.status]}`;
    case "engagement": {
      const act = engagementWords[condition.event];
      return `who ${condition.did ? act.did : act.didNot} ${lastDays(condition.days)}`;
    }
  }
}

const textVerbs = {
  is: "is",
  is_not: "is not",
  contains: "contains",
  not_contains: "does not contain",
  starts_with: "starts with",
  ends_with: "ends with",
} as const;
const numberVerbs = {
  eq: "",
  ne: "not ",
  lt: "less than ",
  lte: "at most ",
  gt: "more than ",
  gte: "at least ",
} as const;
const consentWords = {
  none: "not known",
  pending: "not yet confirmed",
  subscribed: "given",
  unsubscribed: "withdrawn",
} as const;
const engagementWords = {
  delivered: { did: "were sent a message that arrived", didNot: "were sent no message that arrived" },
  opened: { did: "opened a message", didNot: "opened no message" },
  clicked: { did: "clicked in a message", didNot: "clicked in no message" },
} as const;
const builtinLabels: Readonly<Record<string, string>> = {
  email: "e-mail address",
  phone: "phone number",
  first_name: "first name",
  last_name: "last name",
  locale: "language",
  time_zone: "time zone",
  country: "country",
  source: "source",
  created_at: "date of being added",
};

function label(field: string, names: Names): string {
  const builtin = builtinLabels[field];
  if (builtin) return builtin;
  const key = field.slice("fields.".length);
  return quoted(names.field(key) ?? key);
}

const quoted = (text: string | undefined) => (text === undefined ? "that was deleted" : `“${text}”`);
const lastDays = (days: number) => (days === 1 ? "in the last day" : `in the last ${days} days`);
