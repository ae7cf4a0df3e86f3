/** One row of a file: the person it makes, or the reason why it makes none. */
import { describe, expect, test } from "vitest";
import type { FieldDefinition, FieldType } from "#domain/contact/fields";
import type { ImportTarget } from "#domain/contact/import";
import { importOptionsSchema } from "#domain/contact/import";
import { mergeImported } from "#domain/contact/import-merge";
import { checkOptions } from "#domain/contact/import-options";
import { type ImportedPerson, rowReader } from "#domain/contact/import-row";
import { valueFromText } from "#domain/contact/import-values";

const definitions: FieldDefinition[] = [
  { key: "plan", label: "Plan", type: "text" },
  { key: "spent", label: "Spent", type: "number" },
];
function read(row: Partial<Record<ImportTarget, string>>, extra: string[] = [], isBroken = false) {
  const mapping = Object.keys(row) as ImportTarget[];
  return rowReader(mapping, mapping, definitions)([...Object.values(row).map(String), ...extra], isBroken);
}
const person = (row: Partial<Record<ImportTarget, string>>): ImportedPerson => {
  const result = read({ email: "ada@example.com", ...row });
  if (!result.ok) throw new Error(result.detail);
  return result.person;
};
const reason = (row: Partial<Record<ImportTarget, string>>) => {
  const result = read({ email: "ada@example.com", ...row });
  return result.ok ? undefined : `${result.reason}: ${result.detail}`;
};

test("everything in its normal form", () => {
  expect(
    person({
      email: " Ada@Example.COM ",
      phone: "086 123 4567",
      country: "Ireland",
      first_name: "  Ade\u0301le\u0000 ",
      last_name: "O'Brien",
      locale: "en_ie",
      time_zone: "europe/dublin",
      tags: "VIP; news | vip2,VIP",
      "fields.plan": "gold",
      "fields.spent": "1.234,50 €",
    }),
  ).toEqual({
    email: "ada@example.com",
    phone: "+353861234567",
    country: "IE",
    firstName: "Adéle",
    lastName: "O'Brien",
    locale: "en-IE",
    timeZone: "Europe/Dublin",
    tags: ["VIP", "news", "vip2"],
    fields: { plan: "gold", spent: 1234.5 },
  });
});

test.each([
  ["Ada Lovelace", "Ada", "Lovelace"],
  ["Ada King Lovelace", "Ada", "King Lovelace"],
  ["Lovelace, Ada", "Ada", "Lovelace"],
  ["Ada", "Ada", ""],
  ["", "", ""],
])("the full name %j", (full, firstName, lastName) => {
  expect(person({ full_name: full })).toMatchObject({ firstName, lastName });
});

describe("refusals", () => {
  test.each([
    [{ email: "" }, "no_email: There is no e-mail address."],
    [{ email: "  " }, "no_email: There is no e-mail address."],
    [{ email: "ada" }, "invalid_email: “ada” is not an e-mail address."],
    [{ phone: "12" }, "invalid_value: “phone”: “12” is not a phone number with its country code."],
    [{ country: "Atlantis" }, "invalid_value: “country”: “Atlantis” is not a country."],
    [{ "fields.spent": "much" }, "invalid_value: “fields.spent”: “much” is not a number."],
    [{ locale: "english" }, "invalid_value: “locale”: “english” is not a language tag such as en or pt-BR."],
  ])("%j", (row, expected) => {
    expect(reason(row)).toBe(expected);
  });

  test("a name that is too long is refused rather than cut", () => {
    expect(reason({ first_name: "x".repeat(101) })).toMatch(/^invalid_value: .*at most 100 characters long/);
    expect(person({ first_name: "😀".repeat(100) }).firstName).toBe("😀".repeat(100));
  });

  test("an address of three hundred characters is refused with a detail that can be shown", () => {
    const refused = reason({ email: `${"a".repeat(290)}@example.com` });
    expect(refused).toMatch(/^invalid_email: /);
    expect(refused?.length).toBeLessThan(200);
  });

  test("cells beyond the columns are refused, empty ones are not", () => {
    expect(read({ email: "ada@example.com" }, ["", " "])).toMatchObject({ ok: true });
    expect(read({ email: "ada@example.com" }, ["", "x"])).toMatchObject({ reason: "too_many_columns" });
  });

  test("too few cells are empty cells", () => {
    expect(rowReader(["email", "first_name"], [], definitions)(["ada@example.com"], false)).toMatchObject({
      ok: true,
      person: { firstName: "" },
    });
  });

  test("a row whose quotes make no sense is refused as such", () => {
    expect(read({ email: "ada@example.com" }, [], true)).toMatchObject({ reason: "broken_quotes" });
  });
});

test("the apostrophe of our own error files is taken off again", () => {
  expect(person({ phone: "'+353 86 123 4567", first_name: "'Tis" })).toMatchObject({
    phone: "+353861234567",
    firstName: "'Tis",
  });
});

test.each<[FieldType, string, unknown]>([
  ["number", "12", 12],
  ["number", "-1.5", -1.5],
  ["number", "1,5", 1.5],
  ["number", "1,234", 1234],
  ["number", "1.234", 1.234],
  ["number", "1.234.567", 1234567],
  ["number", "1,234,567.89", 1234567.89],
  ["number", "1.234.567,89", 1234567.89],
  ["number", "1 234,5", 1234.5],
  ["number", "1'234.5", 1234.5],
  ["number", "$ 12.50", 12.5],
  ["number", "(12)", -12],
  ["number", "1e3", 1000],
  ["number", "1-2", undefined],
  ["number", "1e999", undefined],
  ["number", "0x10", undefined],
  ["number", "1,2,3.4.5", undefined],
  ["boolean", "Ja", true],
  ["boolean", "0", false],
  ["boolean", "maybe", undefined],
  ["date", "2024-02-29", "2024-02-29"],
  ["date", "2023-02-29", undefined],
  ["date", "2024/2/9", "2024-02-09"],
  ["date", "29.02.2024", "2024-02-29"],
  ["date", "2024-02-29T12:30:00Z", "2024-02-29"],
  ["date", "2024-02-29 12:30", "2024-02-29"],
  ["date", "20240229", "2024-02-29"],
  ["date", "13/04/2024", "2024-04-13"],
  ["date", "04/13/2024", "2024-04-13"],
  ["date", "03/04/2024", undefined],
  ["date", "05/05/2024", "2024-05-05"],
  ["date", "31.04.2024", undefined],
  ["date", "soon", undefined],
  ["text", "x".repeat(2_001), undefined],
])("%s %j is %j", (type, text, value) => {
  expect(valueFromText(type, text)).toEqual(value);
});

describe("a row and a person who is known", () => {
  const known = {
    email: "ada@example.com",
    phone: null,
    firstName: "Ada",
    lastName: "",
    locale: "",
    timeZone: "",
    country: "IE",
    fields: { plan: "gold", spent: 5 },
    emailConsent: "none" as const,
  };
  const row = person({ first_name: "Augusta", last_name: "King", country: "", "fields.plan": "silver" });
  const merge = (update: "overwrite" | "fill" | "skip") =>
    mergeImported(known, row, { update, email_consent: "none" });

  test("overwrite: the file wins, its empty cells erase nothing", () => {
    expect(merge("overwrite")).toMatchObject({
      outcome: "updated",
      firstName: "Augusta",
      lastName: "King",
      country: "IE",
      fields: { plan: "silver", spent: 5 },
    });
  });
  test("fill: only what was empty changes", () => {
    expect(merge("fill")).toMatchObject({
      outcome: "updated",
      firstName: "Ada",
      lastName: "King",
      fields: { plan: "gold", spent: 5 },
    });
  });
  test("skip: nothing changes", () => {
    expect(merge("skip")).toMatchObject({
      outcome: "unchanged",
      firstName: "Ada",
      lastName: "",
      fields: known.fields,
    });
  });
  test("the same again is no change", () => {
    const once = merge("overwrite");
    expect(mergeImported(once, row, { update: "overwrite", email_consent: "none" }).outcome).toBe(
      "unchanged",
    );
  });
  test.each([
    ["none", "subscribed", true],
    ["pending", "subscribed", true],
    ["subscribed", "subscribed", false],
    ["unsubscribed", "unsubscribed", false],
  ] as const)("a file that claims consent makes %s into %s", (before, after, changed) => {
    const merged = mergeImported({ ...known, emailConsent: before }, row, {
      update: "skip",
      email_consent: "subscribed",
    });
    expect(merged).toMatchObject({ emailConsent: after, consentChanged: changed });
  });
});

describe("options", () => {
  const facts = { columns: ["a", "b", "c"], fieldKeys: ["plan"], listExists: true };
  const check = (options: Record<string, unknown>, changed = {}) => {
    const result = checkOptions(
      importOptionsSchema.parse({ mapping: ["email", "skip", "skip"], ...options }),
      {
        ...facts,
        ...changed,
      },
    );
    return result.ok
      ? "ok"
      : result.error.kind === "invalid" && result.error.errors.map((e) => e.pointer).join();
  };
  test.each<[Record<string, unknown>, string, object?]>([
    [{}, "ok"],
    [{ mapping: ["email", "fields.plan", "tags"] }, "ok"],
    [{ mapping: ["email", "tags", "tags"] }, "ok"],
    [{ mapping: ["email"] }, "/mapping"],
    [{ mapping: ["skip", "skip", "skip"] }, "/mapping"],
    [{ mapping: ["email", "email", "skip"] }, "/mapping/1"],
    [{ mapping: ["email", "fields.plam", "skip"] }, "/mapping/1"],
    [{ email_consent: "subscribed" }, "/consent_wording"],
    [{ email_consent: "subscribed", consent_wording: " \u0000 " }, "/consent_wording"],
    [{ email_consent: "subscribed", consent_wording: "News once a month" }, "ok"],
    [{}, "/list_id", { listExists: false }],
  ])("%j: %s", (options, expected, changed) => {
    expect(check(options, changed)).toBe(expected);
  });
});
