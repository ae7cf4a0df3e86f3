// Which links are counted, and that the others are left alone.
import { describe, expect, test } from "vitest";
import { ada, compiled, mail, urls } from "./support.ts";

describe("links", () => {
  test("are numbered per occurrence, with the address a browser would follow", () => {
    const ready = compiled({
      html: `<A HREF='https://a.example/?x=1&amp;y=2'>1</A> <a class=b href=http://b.example>2</a>
        <a href="https://a.example/?x=1&amp;y=2">3</a> <a href=" https://c.example/ü ">4</a>`,
    });
    expect(ready.links).toEqual([
      { position: 0, url: "https://a.example/?x=1&y=2" },
      { position: 1, url: "http://b.example" },
      { position: 2, url: "https://a.example/?x=1&y=2" },
      { position: 3, url: "https://c.example/%C3%BC" },
    ]);
  });

  test("go through the click address and keep their markup", () => {
    const { html } = mail({ html: `<a class="b" href="https://a.example/" title="t">1</a>` });
    expect(html).toContain(`<a class="b" href="${urls.click}0" title="t">1</a>`);
  });

  test.each([
    [`<a href="mailto:a@b.example">x</a>`],
    [`<a href="tel:+3531">x</a>`],
    [`<a href="#top">x</a>`],
    [`<a href="/relative">x</a>`],
    [`<a href="javascript:alert(1)">x</a>`],
    [`<a href="https://a.example/{{ first_name }}">x</a>`],
    [`<a href="{% if true %}https://a.example{% endif %}">x</a>`],
    [`<a href="https://exa mple/">x</a>`],
    [`<a data-href="https://a.example/">x</a>`],
    [`<!-- <a href="https://a.example/">x</a> -->`],
    [`<script>'<a href="https://a.example/">'</script>`],
    [`{% comment %}<a href="https://a.example/">x</a>{% endcomment %}`],
  ])("%s is left as it is", (html) => {
    expect(compiled({ html }).links).toEqual([]);
  });

  test("inside branches and loops are counted, also where Liquid stands among the attributes", () => {
    const { html } = mail({
      html: `{% if country == "IE" %}<a {% if true %}class="x"{% endif %} href="https://ie.example/">x</a>{% endif %}
        {% for i in (1..2) %}<a title="{{ "}}>" }}" href="https://loop.example/">{{ i }}</a>{% endfor %}`,
    });
    expect(html).toContain(`href="${urls.click}0"`);
    expect(html.split(`href="${urls.click}1"`)).toHaveLength(3);
  });

  test("are left alone where clicks are not counted, and no pixel stands where opens are not", () => {
    const { html } = mail({ html: `<a href="https://a.example/">1</a>` }, ada, {
      trackClicks: false,
      trackOpens: false,
    });
    expect(html).toContain(`href="https://a.example/"`);
    expect(html).not.toContain("/t/o/");
    expect(mail({ html: "<p>x</p>" }).html).toContain(`<img src="${urls.open}"`);
  });
});
