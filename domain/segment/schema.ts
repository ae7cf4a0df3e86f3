/** A segment is a rule: a tree of groups and conditions over what is known of a contact. */
import { z } from "zod";
import { listIdSchema } from "../campaign/audience.ts";
import { idText } from "../id-schema.ts";

export const tagIdSchema = idText("tag");

/** Fields of the contact itself; custom fields are named `fields.<key>`. */
export const builtinTextFields = [
  "email",
  "phone",
  "first_name",
  "last_name",
  "locale",
  "time_zone",
  "country",
  "source",
] as const;
export const builtinDateFields = ["created_at"] as const;

const textOperators = ["is", "is_not", "contains", "not_contains", "starts_with", "ends_with"] as const;
const numberOperators = ["eq", "ne", "lt", "lte", "gt", "gte"] as const;
const dateOperators = ["on", "before", "after"] as const;

const customField = z
  .string()
  .regex(/^fields\.[a-z][a-z0-9_]{0,39}$/, "a custom field is named fields.<key>");
const textField = z.union([z.enum(builtinTextFields), customField]);
const dateField = z.union([z.enum(builtinDateFields), customField]);
const calendarDate = z.iso.date();

export const conditionSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("text"),
    field: textField,
    op: z.enum(textOperators),
    value: z.string().max(200),
  }),
  z.object({ kind: z.literal("number"), field: customField, op: z.enum(numberOperators), value: z.number() }),
  z.object({ kind: z.literal("boolean"), field: customField, value: z.boolean() }),
  z.object({ kind: z.literal("date"), field: dateField, op: z.enum(dateOperators), value: calendarDate }),
  /** Within the last `days` days of now, days being 24 hours in UTC. */
  z.object({ kind: z.literal("within"), field: dateField, days: z.int().min(1).max(3_650) }),
  z.object({ kind: z.literal("present"), field: z.union([textField, dateField]), value: z.boolean() }),
  z.object({ kind: z.literal("tag"), tag: tagIdSchema, has: z.boolean() }),
  z.object({ kind: z.literal("list"), list: listIdSchema, in: z.boolean() }),
  z.object({
    kind: z.literal("consent"),
    channel: z.enum(["email", "sms"]),
    status: z.enum(["none", "pending", "subscribed", "unsubscribed"]),
  }),
  /** Did (or never did) `event` by a person in the last `days` days. */
  z.object({
    kind: z.literal("engagement"),
    event: z.enum(["delivered", "opened", "clicked"]),
    did: z.boolean(),
    days: z.int().min(1).max(3_650),
  }),
]);
export type SegmentCondition = z.output<typeof conditionSchema>;

export type SegmentGroup = { kind: "all" | "any" | "none"; of: SegmentRule[] };
export type SegmentRule = SegmentGroup | SegmentCondition;

export const maxDepth = 5;
export const maxConditions = 100;

const groupSchema: z.ZodType<SegmentGroup> = z.object({
  kind: z.enum(["all", "any", "none"]),
  get of() {
    return z.array(z.union([groupSchema, conditionSchema])).max(maxConditions);
  },
});
/** `all` of nothing is everyone, `any` of nothing is no one, `none` of nothing is everyone. */
export const segmentRuleSchema: z.ZodType<SegmentRule> = z
  .union([groupSchema, conditionSchema])
  .refine((rule) => depthOf(rule) <= maxDepth, `groups nest at most ${maxDepth} deep`)
  .refine((rule) => sizeOf(rule) <= maxConditions, `a segment has at most ${maxConditions} conditions`);

export function isGroup(rule: SegmentRule): rule is SegmentGroup {
  return rule.kind === "all" || rule.kind === "any" || rule.kind === "none";
}
export function depthOf(rule: SegmentRule): number {
  return isGroup(rule) ? 1 + Math.max(0, ...rule.of.map(depthOf)) : 0;
}
export function sizeOf(rule: SegmentRule): number {
  return isGroup(rule) ? rule.of.reduce((sum, r) => sum + sizeOf(r), 0) : 1;
}
