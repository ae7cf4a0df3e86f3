/** What a text message says to one person: variables, counted links, and always a way out. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inputsOf } from "#domain/message/variables";
import { checkSms, sampleShortUrls } from "#domain/sms/check";
import { compileSms, renderSms, type SmsOptions } from "#domain/sms/content";
import { findTextLinks } from "#domain/sms/links";
import { defaultOptOut, namesKeyword, optOutWords } from "#domain/sms/opt-out";
import { countSegments } from "#domain/sms/segments";

const origin = "https://l.shop.example";
const urls = sampleShortUrls(origin);
const ada = {
  email: null,
  firstName: "Ada",
  lastName: "",
  locale: "",
  country: "",
  fields: { city: "Cork" },
};
const byWord: SmsOptions = { trackClicks: true, optOut: defaultOptOut.keyword };
const byLink: SmsOptions = { trackClicks: true, optOut: defaultOptOut.link };

function said(text: string, options: SmsOptions = byWord, defaults = {}) {
  const compiled = compileSms({ text, defaults }, options);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  const inputs = inputsOf(compiled.value, ada, { tenantName: "Shop", nowMs: 0 });
  const rendered = renderSms(compiled.value, inputs, urls);
  return rendered.ok ? rendered.value.text : rendered.error.code;
}

const check = (text: string, more: Partial<Parameters<typeof checkSms>[1]> = {}) =>
  checkSms(
    { text, defaults: {} },
    { ...byWord, fields: ["city"], tenantName: "Shop", nowMs: 0, origin, ...more },
  );

test("variables and defaults are those of mails, with the way out at the end", () => {
  expect(said("Hi {{ first_name }} of {{ fields.city }}, {{ last_name | default: 'dear' }}!")).toBe(
    "Hi Ada of Cork, dear!\nReply STOP to opt out",
  );
  expect(said("Hi {{ last_name }}", byWord, { last_name: "you" })).toBe("Hi you\nReply STOP to opt out");
});

describe("the way out", () => {
  test("is a link where nobody can answer", () => {
    expect(said("Sale", byLink)).toBe(`Sale\nOpt out: ${urls.unsubscribe}`);
  });

  test("stands where the author put it, and then not twice", () => {
    expect(said("{{ opt_out }}. Sale")).toBe("Reply STOP to opt out. Sale");
    expect(said("Sale. Leave: {{ unsubscribe_url }}", byLink)).toBe(`Sale. Leave: ${urls.unsubscribe}`);
    expect(said("Sale. reply stop to opt out")).toBe("Sale. reply stop to opt out");
  });

  test("is never missing, whatever the content does", () => {
    expect(said("{% if last_name %}{{ opt_out }}{% endif %}Sale")).toContain(defaultOptOut.keyword);
    expect(said("Don't STOP now: sale!")).toContain(defaultOptOut.keyword);
    expect(said("Sale{% break %}{{ opt_out }}")).toBe("Sale\nReply STOP to opt out");
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 200 }), (text) => {
        const compiled = compileSms({ text, defaults: {} }, byLink);
        if (!compiled.ok) return;
        const rendered = renderSms(compiled.value, { values: {}, fields: {} }, urls);
        if (rendered.ok) expect(rendered.value.text).toContain(urls.unsubscribe);
      }),
    );
  });

  test("can be worded, as long as it says a word that is obeyed, or where the link goes", () => {
    const words = { keyword: "STOP zum Abmelden", link: "Abmelden: {link}" };
    expect(optOutWords.safeParse(words).success).toBe(true);
    expect(namesKeyword("Antworte STOPP")).toBe(true);
    expect(optOutWords.safeParse({ ...words, keyword: "Write to us to leave" }).success).toBe(false);
    expect(optOutWords.safeParse({ ...words, link: "Abmelden" }).success).toBe(false);
    expect(optOutWords.safeParse({ ...words, link: "{link} {link}" }).success).toBe(false);
  });
});

describe("links", () => {
  const found = (text: string) => findTextLinks(text).links.map((link) => link.url);

  test("are counted where everybody has the same, without what ends the sentence", () => {
    expect(said("See https://shop.example/new.")).toBe(`See ${urls.click}0.\nReply STOP to opt out`);
    expect(found("(https://a.example/x_(y)) and http://b.example, https://c.example?q=1!")).toEqual([
      "https://a.example/x_(y)",
      "http://b.example",
      "https://c.example?q=1",
    ]);
  });

  test("that differ from person to person stay as they are", () => {
    const text =
      "https://shop.example/{{ first_name }} https://{{ fields.city }}.example/ {{ 'https://x.example' }}";
    expect(found(text)).toEqual([]);
    expect(said(text)).toContain("https://shop.example/Ada https://Cork.example/ https://x.example");
  });

  test("stay as they are where clicks are not counted", () => {
    expect(said("https://shop.example/new", { ...byWord, trackClicks: false })).toContain(
      "https://shop.example/new",
    );
  });
});

describe("what the author is told", () => {
  test("the size is that of what leaves: links replaced, way out added", () => {
    const { worst, problems } = check("https://shop.example/");
    expect(problems).toEqual([]);
    expect(worst?.units).toBe(`${urls.click}0\nReply STOP to opt out`.length);
    expect(worst).toEqual(countSegments(`${urls.click}0\nReply STOP to opt out`));
  });

  test("the longest of the people counts, the mean is over those known", () => {
    const long = { ...ada, firstName: "A".repeat(200) };
    const { worst, meanSegments } = check("Hi {{ first_name }}", { sample: [ada, ada, ada, long] });
    expect(worst?.segments).toBe(2);
    expect(meanSegments).toBe(1.25);
  });

  test("typographic quotes have their place, a person's name is nobody's mistake", () => {
    expect(check("Hello\n“you”").problems).toMatchObject([
      { severity: "warning", code: "not_plain", line: 2, column: 1 },
    ]);
    const polish = check("Hi {{ first_name }}", { sample: [{ ...ada, firstName: "Łucja" }] });
    expect(polish.problems).toEqual([]);
    expect(polish.worst?.encoding).toBe("ucs-2");
  });

  test("what is of mails alone, misspelt, empty or too long is an error", () => {
    const codes = (text: string) => check(text).problems.map((p) => [p.severity, p.code]);
    expect(codes("{{ view_url }}")).toContainEqual(["error", "undefined_variable"]);
    expect(check("{{ frist_name }}").problems[0]?.message).toContain("Did you mean first_name?");
    expect(codes("")).toEqual([["error", "empty"]]);
    expect(codes("{% if last_name == 'x' %}Hi{% endif %}")).toEqual([["error", "empty"]]);
    expect(codes("x".repeat(1_600))).toEqual([["error", "too_long"]]);
    expect(codes("{% if %}")).toEqual([["error", "syntax"]]);
  });
});
