/** Rules as sentences that a marketer can check at a glance. */
import { expect, test } from "vitest";
import type { ListId, TagId } from "#domain/ids";
import { describe } from "#domain/segment/describe";
import type { SegmentRule } from "#domain/segment/schema";

const vip = "tag_vip" as TagId;
const gone = "tag_gone" as TagId;
const news = "lst_news" as ListId;
const names = {
  tag: (id: TagId) => (id === vip ? "VIP" : undefined),
  list: () => "Newsletter",
  field: (key: string) => (key === "plan" ? "Plan" : undefined),
};
const ireland: SegmentRule = { kind: "text", field: "country", op: "is", value: "IE" };
const isVip: SegmentRule = { kind: "tag", tag: vip, has: true };
const opened: SegmentRule = { kind: "engagement", event: "opened", did: false, days: 30 };

test.each<[SegmentRule, string]>([
  [{ kind: "all", of: [] }, "Everyone."],
  [{ kind: "none", of: [] }, "Everyone."],
  [{ kind: "any", of: [] }, "No one."],
  [{ kind: "all", of: [{ kind: "any", of: [] }, ireland] }, "No one."],
  [{ kind: "none", of: [{ kind: "all", of: [] }] }, "No one."],
  [ireland, "People whose country is “IE”."],
  [{ kind: "all", of: [ireland] }, "People whose country is “IE”."],
  [{ kind: "all", of: [ireland, isVip] }, "People whose country is “IE” and who have the tag “VIP”."],
  [
    { kind: "all", of: [isVip, { kind: "any", of: [ireland, opened] }] },
    "People who have the tag “VIP” and (whose country is “IE” or who opened no message in the last 30 days).",
  ],
  [
    { kind: "none", of: [ireland, isVip] },
    "Everyone except people whose country is “IE” or who have the tag “VIP”.",
  ],
  [
    { kind: "all", of: [isVip, { kind: "none", of: [ireland] }] },
    "People who have the tag “VIP” and for whom it is not true that they are people whose country is “IE”.",
  ],
  [{ kind: "tag", tag: gone, has: false }, "People who do not have the tag that was deleted."],
  [{ kind: "list", list: news, in: false }, "People who are not in the list “Newsletter”."],
  [{ kind: "number", field: "fields.orders", op: "gte", value: 3 }, "People whose “orders” is at least 3."],
  [{ kind: "number", field: "fields.orders", op: "ne", value: 3 }, "People whose “orders” is not 3."],
  [
    { kind: "text", field: "fields.plan", op: "not_contains", value: "x" },
    "People whose “Plan” does not contain “x”.",
  ],
  [{ kind: "boolean", field: "fields.vip", value: false }, "People whose “vip” is no."],
  [{ kind: "within", field: "created_at", days: 1 }, "People who were added in the last day."],
  [
    { kind: "date", field: "created_at", op: "before", value: "2026-01-01" },
    "People who were added before 2026-01-01.",
  ],
  [{ kind: "present", field: "phone", value: false }, "People who have no known phone number."],
  [{ kind: "consent", channel: "sms", status: "none" }, "People whose SMS consent is not known."],
])("%j reads: %s", (rule, sentence) => {
  expect(describe(rule, names)).toBe(sentence);
});
