// The plain-text part: what a reader of the HTML sees, in the order they see it.
import { describe, expect, test } from "vitest";
import { ada, mail, nobody, urls } from "./support.ts";

const textOf = (html: string, recipient = ada) =>
  mail({ html: `${html}<a href="{{ unsubscribe_url }}">.</a>{{ postal_address }}` }, recipient)
    .text.split(`. (${urls.unsubscribe})`)[0]
    ?.trim();

describe("text from HTML", () => {
  test("has paragraphs, headings, lists and rules", () => {
    const html = `<h1>Big  news</h1><p>One<br>two</p><ul><li><p>a</p></li><li>b<ol><li>c</li><li>d</li></ol></li></ul><hr><h2>More</h2>`;
    expect(textOf(html)).toBe(
      "Big news\n========\n\nOne\ntwo\n\n- a\n- b\n  1. c\n  2. d\n\n----------\n\nMore\n----",
    );
  });

  test("follows links with their address, counted like those of the HTML", () => {
    const html = `<p><a href="https://a.example/">Shop</a>, <a href="mailto:hi@a.example">hi@a.example</a>, <a href="#x">up</a>,
      <a href="{{ view_url }}">view</a></p>`;
    expect(textOf(html)).toBe(`Shop (${urls.click}0), hi@a.example, up, view (${urls.view})`);
  });

  test("decodes entities and collapses white space", () => {
    expect(textOf("<p>a &amp;  b\n\n &lt;c&gt; &euro;5 &nbsp;&hellip;</p>")).toBe("a & b <c> €5 \u00a0…");
  });

  test("leaves out what nobody sees: head, style, comments, hidden blocks, Outlook's own", () => {
    const html = `<html><head><title>T</title><style>p{}</style></head><body><!-- no -->
      <div style="display:none">pre<div>header</div></div>
      <!--[if mso]><p>outlook</p><![endif]--><!--[if !mso]><!--><p>others</p><!--<![endif]-->
      <script>x</script><p>seen</p></body></html>`;
    expect(textOf(html)).toBe("others\n\nseen");
  });

  test("renders branches and loops for this person, without gaps where nothing is said", () => {
    const html = `<p>A</p>{% if first_name %}<p>Dear {{ first_name }}</p>{% endif %}<p>C</p>{% for i in (1..2) %}<li>{{ i }}</li>{% endfor %}`;
    expect(textOf(html)).toBe("A\n\nDear Ada\n\nC\n\n- 1\n- 2");
    expect(textOf(html, nobody)).toBe("A\n\nC\n\n- 1\n- 2");
  });

  test("never leaves more than one empty line, wherever a loop begins", () => {
    expect(textOf("<p>A</p>{% for i in (1..2) %}<p>{{ i }}</p>{% endfor %}<p>B</p>")).toBe(
      "A\n\n1\n\n2\n\nB",
    );
  });

  test("begins every branch on the line on which it stands", () => {
    const html = `<p>A</p>{% case country %}{% when "IE" %}<p>Ireland</p>{% when "GB" %}<p>Britain</p>{% else %}<p>elsewhere</p>{% endcase %}<p>C</p>`;
    const inCountry = (country: string) => textOf(html, { ...ada, country });
    expect(["IE", "GB", "FR"].map(inCountry)).toEqual([
      "A\n\nIreland\n\nC",
      "A\n\nBritain\n\nC",
      "A\n\nelsewhere\n\nC",
    ]);
  });

  test("keeps the words around a branch apart, and no further apart than one space", () => {
    const html =
      "<p>{% if first_name %}Hi{% else %}Hello{% endif %} you, sent {% if first_name %}to{% else %} by{% endif %} us {% if last_name %}soon {% endif %}now</p>";
    expect(textOf(html)).toBe("Hi you, sent to us soon now");
    expect(textOf(html, nobody)).toBe("Hello you, sent by us now");
  });

  test("puts tables a row to a line and shows alternative texts", () => {
    expect(
      textOf(`<table><tr><td>a</td><td>b</td></tr><tr><td><img src="x" alt="A cat"></td></tr></table>`),
    ).toBe("a b\nA cat");
  });

  test("is made from the rendered HTML where branches cut through tags", () => {
    const html = `<div style="display:none">{% if first_name %}x</div><p>yes</p>{% else %}</div><p>no</p>{% endif %}`;
    expect(textOf(html)).toBe("yes");
    expect(textOf(html, nobody)).toBe("no");
  });

  test("does not turn spelled-out braces into Liquid", () => {
    expect(textOf("<p>&#123;&#123; first_name &#125;&#125;</p>")).not.toContain("Ada");
  });
});

test("a text of the author's own is used as it is", () => {
  const { text } = mail({ html: "<p>H</p>", text: "Dear {{ first_name }} & co\n<b>\n{{ unsubscribe_url }}" });
  expect(text.startsWith(`Dear Ada & co\n<b>\n${urls.unsubscribe}`)).toBe(true);
});

test("unclosed markup keeps its words and costs no more than its length", () => {
  const startedMs = performance.now();
  expect(textOf("<p>a <b")).toContain("a");
  for (const piece of [
    "<a ",
    "<a href='",
    "<!-- ",
    "<title>",
    "{{ ' ",
    "<!--[if mso]>",
    "<div style='display:none'>",
    "&",
    "<",
  ]) {
    try {
      mail({ html: piece.repeat(40_000) });
    } catch (error) {
      expect(String(error)).toContain("not closed");
    }
  }
  expect(performance.now() - startedMs).toBeLessThan(10_000);
});
