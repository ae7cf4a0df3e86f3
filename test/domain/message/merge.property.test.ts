// A template and its values, put together by anyone in any order, are byte for byte the rendered mail.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fillTemplate, mergingOf } from "#domain/message/merge";
import { renderMessage } from "#domain/message/render";
import { inputsOf } from "#domain/message/variables";
import { ada, around, compiled, nobody, urls } from "./support.ts";

const hostile = fc.constantFrom(
  "~lp0;",
  "lp1;",
  "~",
  "^lp2",
  ";",
  "~lp",
  "<b>&\"'",
  "",
  "  two  ",
  "$&",
  "$1",
  "\r\n",
);
const personText = fc.oneof(fc.string({ maxLength: 12 }), hostile);
const person = fc.record({
  email: fc.option(personText),
  firstName: personText,
  lastName: personText,
  locale: fc.constantFrom("en-IE", ""),
  country: fc.constantFrom("IE", ""),
  fields: fc.dictionary(
    fc.constantFrom("city", "plan"),
    fc.oneof(personText, fc.integer(), fc.boolean(), fc.constant(null)),
  ),
});
const output = fc.constantFrom(
  "{{ first_name }}",
  '{{ first_name | default: "you ~ there" }}',
  "{{ first_name | default: 'friend' | raw }}",
  "{{ fields.city }}",
  "{{ fields.plan | raw }}",
  "{{ email }}",
  "{{ tenant_name }}",
  "{{ postal_address }}",
  "{{ unsubscribe_url }}",
  "{{ preferences_url | raw }}",
  "{{ view_url }}",
);
const staticText = fc.constantFrom(
  "<p>",
  "</p>",
  " lp0;",
  "~",
  "^",
  ";",
  "&amp;",
  "\n",
  "  ",
  "$1",
  "lp",
  "|`*",
  "\u{1f600}",
);
const link = fc.constantFrom(
  '<a href="https://shop.example/a">A</a>',
  '<a href="https://shop.example/{{ email }}">B</a>',
);
const text = fc.array(fc.oneof(output, staticText), { maxLength: 8 }).map((parts) => parts.join(""));
const html = fc.array(fc.oneof(output, staticText, link), { maxLength: 10 }).map((parts) => parts.join(""));
const content = fc.record({
  subject: text,
  preheader: text,
  html,
  text: fc.oneof(text, fc.constant("")),
  postalAddress: fc.constantFrom("1 Main Street, Cork", "", "~ 1 & Co ~"),
  defaults: fc.constantFrom<Record<string, string>>(
    {},
    { first_name: "de~fault" },
    { "fields.city": "Cork" },
  ),
});

test("merged equals rendered, whatever the order of replacing", () => {
  let merged = 0;
  fc.assert(
    fc.property(
      content,
      fc.array(person, { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      (part, people, reversed) => {
        const ready = compiled(part);
        const merging = mergingOf(ready);
        if (!merging) return;
        for (const one of people) {
          const inputs = inputsOf(ready, one, around);
          const values = merging.valuesFor(inputs, urls);
          if (!values) continue;
          merged++;
          const rendered = renderMessage(ready, inputs, urls);
          if (!rendered.ok) throw new Error("simple content always renders");
          const ordered = Object.entries(values);
          if (reversed) ordered.reverse();
          for (const name of ["subject", "html", "text"] as const) {
            expect(fillTemplate(merging.template[name], Object.fromEntries(ordered))).toBe(
              rendered.value[name],
            );
            for (const [key] of ordered) expect(rendered.value[name]).not.toContain(key);
          }
          for (const value of Object.values(values))
            for (const key in values) expect(value).not.toContain(key);
        }
      },
    ),
    { numRuns: 600 },
  );
  // The property must not hold by never being tried.
  expect(merged).toBeGreaterThan(150);
});

describe("a template", () => {
  const letter = {
    subject: "For {{ first_name }}",
    preheader: "Only {{ first_name }}",
    html: '<h1>{{ first_name }}</h1><a href="https://shop.example/a">A</a><a href="https://shop.example/b">B</a>',
  };
  const valuesOf = (part: Parameters<typeof compiled>[0], who = ada) => {
    const ready = compiled(part);
    return mergingOf(ready)?.valuesFor(inputsOf(ready, who, around), urls);
  };

  test("needs one value for all links, however many there are", () => {
    const values = Object.values(valuesOf(letter) ?? {});
    expect(values.filter((value) => value === urls.click)).toHaveLength(1);
    expect(values.join("").length).toBeLessThan(400);
  });
  test("is for content without tags and filters alone", () => {
    expect(mergingOf(compiled({ ...letter, html: "{{ first_name | upcase }}" }))).toBeUndefined();
    expect(mergingOf(compiled({ ...letter, text: "{% if email %}x{% endif %}" }))).toBeUndefined();
    expect(mergingOf(compiled({ ...letter, html: "no ~^`|*$ is left" }))).toBeUndefined();
    expect(mergingOf(compiled({ ...letter, html: "one ~^`|* is left" }))).toBeDefined();
  });
  test("leaves out whoever's values could be taken for a key", () => {
    expect(valuesOf(letter, { ...nobody, firstName: "A ~ B" })).toBeUndefined();
    expect(valuesOf(letter, { ...nobody, firstName: "A & B" })).toBeDefined();
  });
  test("has the footer's way out where the person's own stands in the hidden preheader alone", () => {
    const ready = compiled({ ...letter, preheader: "Leave: {{ unsubscribe_url }}" });
    const inputs = inputsOf(ready, ada, around);
    const merging = mergingOf(ready);
    const values = merging?.valuesFor(inputs, urls);
    const rendered = renderMessage(ready, inputs, urls);
    if (!merging || !values || !rendered.ok) throw new Error("this content merges");
    expect(fillTemplate(merging.template.html, values)).toBe(rendered.value.html);
    expect(rendered.value.html).toContain(`<a href="${urls.unsubscribe}"`);
  });
  test("leaves out addresses that HTML spells in another way than text", () => {
    const ready = compiled(letter);
    const odd = { ...urls, click: "https://mail.example/?a&b=" };
    expect(mergingOf(ready)?.valuesFor(inputsOf(ready, ada, around), odd)).toBeUndefined();
  });
});
