/** Addresses: what is one spelling of what, and what is no address at all. */
import { describe, expect, test } from "vitest";
import { normalizeEmail, normalizeLocale, normalizePhone, normalizeTimeZone } from "#domain/contact/address";
import { normalizeCountry } from "#domain/contact/country";

describe("an e-mail address", () => {
  test.each([
    ["Ada@Example.COM", "ada@example.com"],
    ["  ada@example.com\t", "ada@example.com"],
    ["\u00a0ada@example.com\ufeff", "ada@example.com"],
    ["\u200bada@exam\u00adple.com\u200e", "ada@example.com"],
    ["<ada@example.com>", "ada@example.com"],
    ["Ada Lovelace <ada@example.com>", "ada@example.com"],
    ["mailto:ada@example.com?subject=hi", "ada@example.com"],
    ["o'brien+news@sub.example.co.uk", "o'brien+news@sub.example.co.uk"],
    ["a.b/c=d!e#f$g%h&i*j{k|l}m~n@example.com", "a.b/c=d!e#f$g%h&i*j{k|l}m~n@example.com"],
    ["kontakt@Müller.de", "kontakt@xn--mller-kva.de"],
    ["kontakt@Mu\u0308ller.de", "kontakt@xn--mller-kva.de"],
    ["info@例え.テスト", "info@xn--r8jz45g.xn--zckzah"],
    ["x@1and1.com", "x@1and1.com"],
    [`${"a".repeat(64)}@example.com`, `${"a".repeat(64)}@example.com`],
  ])("%j is known as %j", (typed, known) => {
    expect(normalizeEmail(typed)).toBe(known);
  });

  test.each([
    "",
    "ada",
    "@example.com",
    "ada@",
    "ada@example",
    "ada@@example.com",
    "ada@b@example.com",
    "ada lovelace@example.com",
    ".ada@example.com",
    "ada.@example.com",
    "ada..l@example.com",
    '"ada l"@example.com',
    "ada@-example.com",
    "ada@example-.com",
    "ada@exa_mple.com",
    "ada@example..com",
    "ada@example.com.",
    "ada@127.0.0.1",
    "ada@[127.0.0.1]",
    "ada@0x7f.1",
    "ada@example.com/path",
    "ada@example.com:25",
    "ada@exam%70le.com",
    "ada@example.c",
    "ada@example.123",
    "ädä@example.com",
    "\u212aelvin@example.com",
    "ada\u0000@example.com",
    "ada@exam\u0000ple.com",
    "ada@exam\nple.com",
    "😀@example.com",
    "ada@example.com, bob@example.com",
    "ada@example.com;bob@example.com",
    `${"a".repeat(65)}@example.com`,
    `${"a".repeat(300)}@example.com`,
    `ada@${"a".repeat(64)}.com`,
    `${"a".repeat(60)}@${`${"b".repeat(60)}.`.repeat(3)}${"c".repeat(10)}.com`,
    `${"x".repeat(5_000)}@example.com`,
  ])("%j is refused", (typed) => {
    expect(normalizeEmail(typed)).toBeUndefined();
  });

  test("is its own normal form", () => {
    for (const text of ["Ada@Example.COM", "kontakt@Müller.de", "A.B+c@EXAMPLE.org"]) {
      const once = normalizeEmail(text);
      expect(once).toBeDefined();
      expect(normalizeEmail(once ?? "")).toBe(once);
    }
  });
});

describe("a phone number", () => {
  test.each([
    ["+353 86 123 4567", undefined, "+353861234567"],
    ["086 123 4567", "IE", "+353861234567"],
    ["(086) 123-4567", "ie", "+353861234567"],
    ["00353861234567", undefined, "+353861234567"],
    ["00353861234567", "DE", "+353861234567"],
    ["+1 212 555 2368", "IE", "+12125552368"],
    ["\u202a+49 30 901820\u202c", undefined, "+4930901820"],
  ])("%j from %j is %j", (typed, country, known) => {
    expect(normalizePhone(typed, country)).toBe(known);
  });

  test.each([
    ["086 123 4567", undefined],
    ["086 123 4567", "ZZ"],
    ["12", "IE"],
    ["call me", "IE"],
    ["+353861234567890123", undefined],
    ["", "IE"],
    ["9".repeat(400), "US"],
  ])("%j from %j is refused", (typed, country) => {
    expect(normalizePhone(typed, country)).toBeUndefined();
  });
});

test.each([
  ["en", "en"],
  ["pt_br", "pt-BR"],
  ["DE-de", "de-DE"],
  ["zh-hant-tw", "zh-Hant-TW"],
  ["en_US.UTF-8", "en-US"],
  ["english", undefined],
  ["e", undefined],
  ["en-", undefined],
  ["", undefined],
  ["x-private", undefined],
])("the locale %j is %j", (typed, known) => {
  expect(normalizeLocale(typed)).toBe(known);
});

test.each([
  ["Europe/Dublin", "Europe/Dublin"],
  ["europe/dublin", "Europe/Dublin"],
  ["America/New York", "America/New_York"],
  ["utc", "UTC"],
  ["Asia/Kolkata", "Asia/Kolkata"],
  ["+01:00", undefined],
  ["Europe/Nowhere", undefined],
  ["Dublin", undefined],
  ["", undefined],
])("the time zone %j is %j", (typed, known) => {
  expect(normalizeTimeZone(typed)).toBe(known);
});

test.each([
  ["ie", "IE"],
  ["Ireland", "IE"],
  ["Irland", "IE"],
  [" Deutschland ", "DE"],
  ["España", "ES"],
  ["UK", "GB"],
  ["USA", "US"],
  ["XX", undefined],
  ["EU", undefined],
  ["", undefined],
  ["Atlantis", undefined],
])("the country %j is %j", (typed, known) => {
  expect(normalizeCountry(typed)).toBe(known);
});
