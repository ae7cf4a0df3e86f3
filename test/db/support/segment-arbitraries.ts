/** Random people and random rules over the whole grammar, with text that has broken other people's SQL. */
import fc from "fast-check";
import { consentStatuses } from "#domain/contact/consent";
import type { ContactId, ListId, TagId } from "#domain/ids";
import { dayMs, type Person } from "#domain/segment/matches";
import { builtinTextFields, type SegmentCondition, type SegmentRule } from "#domain/segment/schema";
import { newId } from "#test/support/scope";

export const now = new Date("2026-11-22T10:15:30.123Z");
const nowMs = now.getTime();

export const tags: readonly TagId[] = [newId("tag"), newId("tag"), newId("tag")];
export const lists: readonly ListId[] = [newId("lst"), newId("lst")];
const keys = ["city", "age", "vip", "born", "x_1"] as const;

// Small words meet each other often; the hostile ones are those that quoting, LIKE, folding and padding get wrong.
const pieces = [
  "a",
  "A",
  "b",
  "é",
  "É",
  "e\u0301",
  "ß",
  "ẞ",
  "İ",
  "i",
  "ı",
  "Σ",
  "ς",
  "σ",
  "Ⱥ",
  "ⱥ",
  "Ⱦ",
  "K",
  "k",
  "Ა",
  "ა",
  "𐕰",
  "ǅ",
  " ",
  "  ",
  "\t",
  "\n",
  "\0",
  "%",
  "_",
  "\\",
  "'",
  '"',
  "`",
  "|",
  "?",
  ":x",
  "--",
  "/*",
  "😀",
  "👩‍👩‍👧",
  "א",
  "\u202e",
  "中",
  "ﬁ",
  "\u00ad",
  "\ufeff",
  "$",
  "true",
  "5",
  "2026-11-22",
] as const;
export const hostileText = fc.oneof(
  { weight: 6, arbitrary: fc.array(fc.constantFrom(...pieces), { maxLength: 4 }).map((p) => p.join("")) },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 12 }).map((s) => s.toWellFormed()) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 8 }).map((s) => s.toWellFormed()) },
);
const emails = fc.constantFrom(
  "ada@example.com",
  "b_b@example.com",
  "o'brien%x@example.org",
  "a@xn--mller-kva.de",
);

const days = fc.oneof(
  fc.constantFrom(
    "2026-11-21",
    "2026-11-22",
    "2026-11-23",
    "2026-11-15",
    "2026-11-14",
    "1999-12-31",
    "2024-02-29",
  ),
  fc.constantFrom("0001-01-01", "1000-01-01", "1000-01-02", "9999-12-30", "9999-12-31"),
  fc
    .date({ min: new Date("2026-10-01"), max: new Date("2026-12-31"), noInvalidDate: true })
    .map((d) => d.toISOString().slice(0, 10)),
);
const moments = fc.oneof(
  fc
    .constantFrom(0, 1, -1, dayMs, -dayMs, 7 * dayMs, 7 * dayMs - 1, 7 * dayMs + 1, 30 * dayMs)
    .map((d) => nowMs - d),
  fc.integer({ min: nowMs - 60 * dayMs, max: nowMs + 5 * dayMs }),
  fc.constantFrom("2026-11-22T00:00:00.000Z", "2026-11-21T23:59:59.999Z").map((t) => Date.parse(t)),
);
const numbers = fc.oneof(
  fc.constantFrom(0, 5, -5, 5.5, 0.1, 1e21, -1e-7, 2 ** 53, 2 ** 63, 2 ** 64, 5e-324, Number.MAX_VALUE),
  fc.integer({ min: -10, max: 10 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const fieldValue = fc.oneof(
  hostileText,
  numbers,
  fc.boolean(),
  fc.constant(null),
  days,
  fc.constantFrom("5", "true", "null", "", "2026-13-99", "2026-11-22\n", "２０２６-11-22", "2026-11-2"),
);

export type PersonInDb = Person & { readonly id: ContactId };
export const people: fc.Arbitrary<PersonInDb> = fc.record({
  id: fc.constant(null).map(() => newId("ctc")),
  email: fc.option(emails),
  phone: fc.option(fc.constantFrom("+353861234567", "+4930901820")),
  firstName: hostileText,
  lastName: hostileText,
  locale: fc.constantFrom("", "en", "pt-BR"),
  timeZone: fc.constantFrom("", "Europe/Dublin", "America/New_York"),
  country: fc.constantFrom("", "IE", "DE"),
  source: fc.constantFrom("import", "api"),
  createdAtMs: moments,
  fields: fc.dictionary(fc.constantFrom(...keys), fieldValue),
  tags: fc.subarray([...tags]).map((t) => new Set(t)),
  lists: fc.subarray([...lists]).map((l) => new Set(l)),
  emailConsent: fc.constantFrom(...consentStatuses),
  smsConsent: fc.constantFrom(...consentStatuses),
  events: fc.array(fc.record({ kind: fc.constantFrom("delivered", "opened", "clicked"), atMs: moments }), {
    maxLength: 3,
  }),
});

const customField = fc.constantFrom(...keys, "absent").map((key) => `fields.${key}`);
const textField = fc.oneof(fc.constantFrom(...builtinTextFields), customField);
const dateField = fc.oneof(fc.constant("created_at" as const), customField);
const wanted = fc.oneof(hostileText, fc.constantFrom("", "ie", "EN", "example", "ADA@EXAMPLE.COM", "+353"));
const window = fc.constantFrom(1, 7, 30, 3_650);

export const conditions: fc.Arbitrary<SegmentCondition> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("text" as const),
      field: textField,
      op: fc.constantFrom("is", "is_not", "contains", "not_contains", "starts_with", "ends_with"),
      value: wanted,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("number" as const),
      field: customField,
      op: fc.constantFrom("eq", "ne", "lt", "lte", "gt", "gte"),
      value: numbers,
    }),
  },
  fc.record({ kind: fc.constant("boolean" as const), field: customField, value: fc.boolean() }),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("date" as const),
      field: dateField,
      op: fc.constantFrom("on", "before", "after"),
      value: days,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("within" as const), field: dateField, days: window }),
  },
  fc.record({
    kind: fc.constant("present" as const),
    field: fc.oneof(textField, dateField),
    value: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("tag" as const), tag: fc.constantFrom(...tags), has: fc.boolean() }),
  fc.record({ kind: fc.constant("list" as const), list: fc.constantFrom(...lists), in: fc.boolean() }),
  fc.record({
    kind: fc.constant("consent" as const),
    channel: fc.constantFrom("email", "sms"),
    status: fc.constantFrom(...consentStatuses),
  }),
  fc.record({
    kind: fc.constant("engagement" as const),
    event: fc.constantFrom("delivered", "opened", "clicked"),
    did: fc.boolean(),
    days: window,
  }),
) as fc.Arbitrary<SegmentCondition>;

export const rules: fc.Arbitrary<SegmentRule> = fc.letrec<{ rule: SegmentRule }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 4, depthSize: "small", withCrossShrink: true },
    { weight: 3, arbitrary: conditions },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constantFrom("all", "any", "none"),
        of: fc.array(tie("rule"), { maxLength: 3 }),
      }) as fc.Arbitrary<SegmentRule>,
    },
  ),
})).rule;
