// The prepared form of a template and liquidjs itself mean the same, for any template and any person.
import fc from "fast-check";
import { Liquid } from "liquidjs";
import { expect, test } from "vitest";
import { buildProgram, runProgram } from "#domain/message/program";
import { urls } from "./support.ts";

const slots = { urls, preheader: "", footer: "", pixel: "" };

/** Plain liquidjs, told only to escape. */
function reference(mode: "html" | "text", source: string, scope: object): string {
  const liquid = new Liquid({
    ownPropertyOnly: true,
    ...(mode === "html" ? { outputEscape: "escape" } : {}),
  });
  return liquid.parseAndRenderSync(source, scope);
}

const value = fc.oneof(
  fc.string(),
  fc.constantFrom("", " ", "Ada", "<b>&\"'", "{{ email }}", "O'Brien", "名前", "\u{1f600}"),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
);
const scope = fc.record(
  {
    first_name: value,
    email: value,
    country: fc.constantFrom("IE", "DE", ""),
    fields: fc.record({ city: value, plan: value, size_of_shoe: value }, { noNullPrototype: true }),
  },
  { noNullPrototype: true },
);

const name = fc.constantFrom(
  "first_name",
  "email",
  "country",
  "fields.city",
  "fields.plan",
  "fields.size_of_shoe",
  "fields.missing",
  "fields.size",
  "fields.first",
  "last_name",
  "unknown",
  "first_name.size",
  "fields",
  "true",
  "nil",
);
const literal = fc.constantFrom('"there"', "'you'", '"<b>"', '""', "'it\\'s'", "first_name", "3");
const space = fc.constantFrom("", " ", "\n  ");
const filter = fc.oneof(
  literal.map((text) => `| default: ${text}`),
  literal.map((text) => `|default:${text}`),
  fc.constantFrom("| raw", "| upcase", "| append: '&'", "| default: 'a' | raw", "| raw | upcase"),
);
const output = fc
  .tuple(
    fc.constantFrom("{{", "{{-"),
    space,
    name,
    space,
    fc.option(filter, { nil: "" }),
    space,
    fc.constantFrom("}}", "-}}"),
  )
  .map((parts) => parts.join(""));
const staticText = fc.constantFrom(
  "<p>",
  "</p>",
  " a ",
  "\n",
  "}}",
  "{ {",
  "&amp;",
  "%}",
  "\u{1f600}",
  "'\"",
);
const { template } = fc.letrec<{ template: string; piece: string }>((tie) => ({
  piece: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    staticText,
    output,
    fc
      .tuple(name, tie("template"))
      .map(([n, inner]) => `{% if ${n} == "IE" %}${inner}{% else %}no{% endif %}`),
    fc.tuple(name, tie("template")).map(([n, inner]) => `{%- unless ${n} -%}${inner}{% endunless %}`),
    tie("template").map((inner) => `{% for i in (1..2) %}{{ i }}${inner}{% endfor %}`),
    tie("template").map((inner) => `{% assign first_name = "Bea" %}${inner}`),
    tie("template").map((inner) => `{% capture email %}${inner}{% endcapture %}`),
    fc.constantFrom(
      "{% increment email %}",
      "{% comment %}{{ x{% endcomment %}",
      "{% raw %}{{ email }}{% endraw %}",
      "{% break %}",
    ),
  ),
  template: fc.array(tie("piece"), { maxLength: 6 }).map((pieces) => pieces.join("")),
}));

test.each(["html", "text"] as const)("%s: prepared and interpreted rendering agree", (mode) => {
  fc.assert(
    fc.property(template, scope, (source, person) => {
      const expected = attempt(() => reference(mode, source, structuredClone(person)));
      const actual = attempt(() => runProgram(buildProgram(mode, source), { scope: person, slots }));
      expect(actual.ok).toBe(expected.ok);
      expect(actual.text).toBe(expected.text);
    }),
    { numRuns: 2_000 },
  );
});

function attempt(render: () => string): { ok: boolean; text: string } {
  try {
    return { ok: true, text: render() };
  } catch {
    return { ok: false, text: "" };
  }
}

test("the common shape is prepared, not interpreted", () => {
  const kinds = (source: string) =>
    buildProgram("html", source).pieces.map((p) => (typeof p === "object" ? p.kind : typeof p));
  expect(kinds(`<p>{{ first_name | default: "x" }}</p>{{ fields.city }}`)).toEqual([
    "string",
    "plain",
    "string",
    "plain",
  ]);
  expect(kinds(`{{ first_name | upcase }}`)).toEqual(["node"]);
  expect(kinds(`{% assign first_name = 1 %}{{ first_name }}`)).toEqual(["node", "node"]);
});
