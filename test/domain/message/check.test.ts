// What an author is told, and at which line and column.
import { describe, expect, test } from "vitest";
import { checkContent } from "#domain/message/check";
import { contentOf } from "./support.ts";

const options = { fields: ["city", "plan"], tenantName: "Moss", nowMs: 0 };
const check = (part: Parameters<typeof contentOf>[0]) => checkContent(contentOf(part), options);
const footer = `<a href="{{ unsubscribe_url }}">Out</a>`;
const at = (part: Parameters<typeof contentOf>[0], code: string) =>
  check(part)
    .filter((p) => p.code === code)
    .map(({ part: where, severity, message, line, column }) => ({ where, severity, message, line, column }));

test("content in order has no problems", () => {
  expect(
    check({
      subject: "{{ first_name }}",
      preheader: "{{ fields.city }}",
      html: `<p>{{ first_name | default: tenant_name }}</p>{% assign x = 1 %}{{ x }}
        {% for f in fields %}{{ f[0] }}{{ forloop.index }}{% endfor %}<img src="a" alt="">${footer}`,
    }),
  ).toEqual([]);
});

describe("syntax", () => {
  test.each([
    ["<p>\n  {% if first_name %}\n", "tag {% if first_name %} not closed", 2, 3],
    ["<p>\n {{ first_name | nope }}", "undefined filter: nope", 2, 2],
    ["a\nb {% include 'x' %}", 'tag "include" not found', 2, 3],
    [`a\n{% render 'x' %}`, 'tag "render" not found', 2, 1],
    ["<p>{{ first_name ", 'output "{{ first_name " not closed', 1, 4],
    ["{{ 'now' | sample }}", "undefined filter: sample", 1, 1],
  ])("%j", (html, message, line, column) => {
    expect(at({ html }, "syntax")).toEqual([{ where: "html", severity: "error", message, line, column }]);
  });

  test("is found behind links, whose addresses are replaced when compiling", () => {
    const link = `<a href="https://shop.example/a/long/way/to/go?utm_source=mail">x</a>`;
    expect(at({ html: `${link}\n${link}{% nope %}` }, "syntax")[0]).toMatchObject({
      line: 2,
      column: link.length + 1,
    });
  });

  test("is reported for every part at once", () => {
    const problems = check({ subject: "{{", preheader: "{% x %}", html: "{% if a %}", text: "{{ b" });
    expect(problems.map((p) => [p.part, p.code])).toEqual([
      ["subject", "syntax"],
      ["preheader", "syntax"],
      ["html", "syntax"],
      ["text", "syntax"],
    ]);
  });
});

describe("variables nobody knows", () => {
  test("are named with their place and what was probably meant", () => {
    const link = `<a href="https://shop.example/">x</a>`;
    const problems = at(
      {
        subject: "{{ firstname }}",
        html: `${link}{{ frist_name }}\n {% if fields.ctiy %}{% endif %}${footer}`,
      },
      "undefined_variable",
    );
    expect(problems).toEqual([
      {
        where: "subject",
        severity: "error",
        message: "There is no variable firstname. Did you mean first_name?",
        line: 1,
        column: 4,
      },
      {
        where: "html",
        severity: "error",
        message: "There is no variable frist_name. Did you mean first_name?",
        line: 1,
        column: link.length + 4,
      },
      {
        where: "html",
        severity: "error",
        message: "There is no variable fields.ctiy. Did you mean fields.city?",
        line: 2,
        column: 8,
      },
    ]);
  });

  test("are found in filter arguments and behind another tool's prefix", () => {
    const messages = at({ html: `{{ contact.first_name | default: nickname }}` }, "undefined_variable").map(
      (p) => p.message,
    );
    expect(messages).toEqual([
      "There is no variable contact.first_name. Did you mean first_name?",
      "There is no variable nickname.",
    ]);
  });

  test("in a text made from the HTML are reported once", () => {
    expect(at({ html: "{{ nobody }}" }, "undefined_variable")).toHaveLength(1);
  });
});

test("a rendering that fails is found before it is sent", () => {
  expect(
    at(
      { html: `a\n{% assign a = (1..900) %}{% for i in a %}{% for j in a %}{% endfor %}{% endfor %}` },
      "render",
    ),
  ).toMatchObject([{ severity: "error", message: "too many repetitions", line: 2 }]);
});

test("deep nesting is an error, not a crash", () => {
  const html = "{% if first_name %}".repeat(30_000) + "{% endif %}".repeat(30_000);
  expect(check({ html }).map((p) => [p.code, p.message])).toEqual([["syntax", "this is nested too deeply"]]);
});

describe("the way out", () => {
  test("is missed in HTML and in a text of one's own", () => {
    expect(at({ html: "<p>x</p>", text: "y" }, "no_unsubscribe").map((p) => [p.where, p.severity])).toEqual([
      ["html", "warning"],
      ["text", "warning"],
    ]);
    expect(at({ html: footer, text: "{{ unsubscribe_url }}" }, "no_unsubscribe")).toEqual([]);
  });
  test("does not count inside a comment", () => {
    expect(at({ html: `<p>x</p><!-- ${footer} -->` }, "no_unsubscribe")).toHaveLength(1);
  });
  test("a missing postal address is told", () => {
    expect(at({ html: footer, postalAddress: " " }, "no_postal_address")).toHaveLength(1);
    expect(at({ html: footer }, "no_postal_address")).toEqual([]);
  });
});

test("HTML that Gmail would cut off is told", () => {
  expect(at({ html: `${"<p>0123456789</p>".repeat(6_500)}${footer}` }, "too_heavy")).toMatchObject([
    { severity: "warning", line: null },
  ]);
  expect(at({ html: `${"<p>0123456789</p>".repeat(5_500)}${footer}` }, "too_heavy")).toEqual([]);
});

test("images without alternative text are told with their place", () => {
  expect(
    at({ html: `<p>\n <img src="a"><img alt='' src=b><!-- <img> -->${footer}` }, "missing_alt"),
  ).toMatchObject([{ severity: "warning", line: 2, column: 2 }]);
});
