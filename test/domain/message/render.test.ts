// What a recipient gets: variables filled and escaped, links counted, a way out, and the same bytes every time.

import { describe, expect, test } from "vitest";
import { renderMessage } from "#domain/message/render";
import { inputsOf } from "#domain/message/variables";
import { decoyPosition } from "#domain/tracking/rules";
import { ada, around, compiled, mail, nobody, urls } from "./support.ts";

describe("variables", () => {
  test("of the contact, their fields, the workspace and the message are filled in", () => {
    const { html, subject } = mail({
      subject: "{{ first_name }} of {{ fields.city }}",
      html: `<p>{{ full_name }}|{{ email }}|{{ country }}|{{ fields.age }}|{{ fields.vip }}|{{ tenant_name }}</p>
        <a href="{{ unsubscribe_url }}">x</a><a href="{{ view_url }}">y</a><a href="{{ preferences_url }}">z</a>`,
    });
    expect(subject).toBe("Ada of Cork");
    expect(html).toContain("Ada Lovelace|ada@example.com|IE|36|true|Moss &amp; Sons");
    for (const url of [urls.unsubscribe, urls.view, urls.preferences])
      expect(html).toContain(`href="${url}"`);
  });

  test("without a value fall back to the filter's default, then to the content's", () => {
    const content = {
      html: `<p>{{ first_name | default: "friend" }}|{{ last_name }}|{{ fields.city }}|{{ fields.age }}</p>`,
      defaults: { last_name: "Reader", "fields.city": "your town" },
    };
    expect(mail(content, nobody).html).toContain("<p>friend|Reader|your town|</p>");
    expect(mail(content, ada).html).toContain("<p>Ada|Lovelace|Cork|36</p>");
  });

  test("a false field is printed where no default asks otherwise", () => {
    const person = { ...ada, fields: { vip: false } };
    expect(mail({ html: `<p>{{ fields.vip }}|{{ fields.vip | default: "no" }}</p>` }, person).html).toContain(
      "<p>false|no</p>",
    );
  });

  test("'now' is the moment handed in, not the machine's", () => {
    expect(mail({ html: "<p>{{ 'now' | date: '%Y-%m-%d %H:%M' }}</p>" }).html).toContain("2026-11-22 09:30");
    expect(mail({ html: "<p>{% assign n = 'today' %}{{ n | date: '%Y' }}</p>" }).html).toContain(
      "<p>2026</p>",
    );
  });
});

describe("escaping", () => {
  const hostile = { ...ada, firstName: `<script>alert("x")</script>&'`, fields: { city: `"><img src=x>` } };

  test("values cannot become markup in the HTML, and stay themselves in subject and text", () => {
    const { html, text, subject } = mail(
      {
        subject: "Hi {{ first_name }}",
        html: `<p title="{{ fields.city }}">{{ first_name }}</p>`,
        text: "Hi {{ first_name }}",
      },
      hostile,
    );
    expect(html).not.toContain("<script");
    expect(html).not.toContain("<img src=x");
    expect(html).toContain("&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;&amp;&#39;");
    expect(subject).toBe(`Hi <script>alert("x")</script>&'`);
    expect(text).toContain(`Hi <script>alert("x")</script>&'`);
  });

  test.each([
    ["{% echo first_name %}"],
    ["{% assign n = first_name %}{{ n }}"],
    ["{% capture n %}{{ first_name }}{% endcapture %}{{ n | raw }}"],
    ["{% liquid\n echo first_name %}"],
    ["{% cycle first_name %}"],
    ["{% if true %}{{ first_name }}{% endif %}"],
    ["{{ first_name | append: '' }}"],
    ["{{ first_name | escape }}"],
    ["{{ first_name | newline_to_br }}"],
  ])("%s escapes too, once", (code) => {
    const { html } = mail({ html: `<p>${code}</p>` }, hostile);
    expect(html).not.toContain("<script");
    expect(html).toContain("&lt;script&gt;");
    expect(html).not.toContain("&amp;lt;");
  });

  test("`| raw` passes what the author vouches for", () => {
    const person = { ...ada, fields: { city: "<b>Cork</b>" } };
    expect(mail({ html: "<p>{{ fields.city | raw }}</p>" }, person).html).toContain("<p><b>Cork</b></p>");
  });

  test("a value cannot begin another header", () => {
    const person = { ...ada, firstName: "Ada\r\nBcc: everyone@example.com\u2028X: y\0\t" };
    const { subject } = mail({ subject: "Hi\n {{ first_name }}!" }, person);
    expect(subject).toBe("Hi Ada Bcc: everyone@example.com X: y !");
  });

  test("a value cannot pose as a link slot of ours", () => {
    const person = { ...ada, firstName: "\0L0\0\0F\0", fields: { city: "\0O\0" } };
    const { html } = mail(
      { html: '<a href="https://shop.example/">x</a><p>[{{ first_name }}{{ fields.city }}]</p>' },
      person,
    );
    expect(html).toContain("[L0FO]");
    expect(html.match(new RegExp(`${urls.click}\\d+`, "g"))).toEqual([
      `${urls.click}0`,
      `${urls.click}${decoyPosition}`,
    ]);
  });
});

describe("the way out", () => {
  test("is added with the postal address where the template has none", () => {
    const { html, text } = mail({ html: "<html><body><p>Hi</p></body></html>" });
    expect(html).toMatch(/<p>Hi<\/p><div[^>]*>1 Main Street, Cork<br><a href="[^"]*\/t\/u\/UUUU"/);
    expect(html.endsWith("</body></html>")).toBe(true);
    expect(text).toContain(`Unsubscribe: ${urls.unsubscribe}`);
    expect(text).toContain("1 Main Street, Cork");
  });

  test("is not added a second time", () => {
    const own = { html: `<p>{{ postal_address }}</p><a href="{{ unsubscribe_url }}">Out</a>` };
    const { html, text } = mail(own);
    expect(html.split(urls.unsubscribe)).toHaveLength(2);
    expect(html.split("1 Main Street, Cork")).toHaveLength(2);
    expect(text.split(urls.unsubscribe)).toHaveLength(2);
  });

  test("is added when the template's own stands in a branch that is not taken", () => {
    const { html } = mail({
      html: `{% if false %}<a href="{{ unsubscribe_url }}">Out</a>{% endif %}<p>x</p>`,
    });
    expect(html).toContain(urls.unsubscribe);
  });

  test("is added when the template stops early", () => {
    expect(mail({ html: `<p>x</p>{% break %}<a href="{{ unsubscribe_url }}">Out</a>` }).html).toContain(
      urls.unsubscribe,
    );
  });

  test("is added when the template's own stands in the hidden preheader alone", () => {
    const preheader = "Leave at {{ unsubscribe_url }}";
    const footer = `<a href="${urls.unsubscribe}" style`;
    const hidden = mail({ preheader, html: "<html><body><p>Hi</p></body></html>" });
    expect(hidden.html).toContain(footer);
    expect(hidden.html.split(urls.unsubscribe)).toHaveLength(3);
    const branch = `<p>{% if first_name == "Ada" %}<a href="{{ unsubscribe_url }}">Out</a>{% endif %}</p>`;
    expect(mail({ preheader, html: branch }).html).not.toContain(footer);
    expect(mail({ preheader, html: branch }, nobody).html).toContain(footer);
  });

  test("needs one click by RFC 8058, and the mail names its list", () => {
    expect(mail({}, ada, { feedbackId: "run_1:ten_1:campaign:larkpost" }).headers).toEqual({
      "List-Unsubscribe": `<${urls.unsubscribe}>`,
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
      "List-Id": "<ten-1.mail.example>",
      Precedence: "bulk",
      "Feedback-ID": "run_1:ten_1:campaign:larkpost",
    });
  });
});

test("the preheader is hidden at the top of the body, as text", () => {
  const { html, preheader } = mail({
    preheader: "For {{ first_name }} <3 & co",
    html: "<html><body class='a>b'><p>x</p></body></html>",
  });
  expect(preheader).toBe("For Ada <3 & co");
  expect(html).toMatch(/<body class='a>b'><div style="display:none[^>]*>For Ada &lt;3 &amp; co/);
});

test("the same inputs, kept as JSON, give the same mail again", () => {
  const ready = compiled({
    subject: "{{ first_name }}",
    html: `{% increment n %}{% increment n %}<p>{{ first_name }} {{ 'now' | date: '%s' }} {{ fields.city }}</p>`,
  });
  const inputs = inputsOf(ready, ada, around);
  const first = renderMessage(ready, inputs, urls);
  const again = renderMessage(ready, JSON.parse(JSON.stringify(inputs)), urls);
  expect(first.ok && first.value.html).toContain("01<p>Ada");
  expect(again).toEqual(first);
});

test("only what the template reads is kept of a person", () => {
  const ready = compiled({ html: "<p>{{ first_name }} {{ fields.city }}</p>" });
  expect(inputsOf(ready, ada, around)).toEqual({ values: { first_name: "Ada" }, fields: { city: "Cork" } });
  const walking = compiled({ html: "{% for f in fields %}{{ f[0] }}{% endfor %}{{ fields[country] }}" });
  expect(inputsOf(walking, ada, around)).toEqual({ values: { country: "IE" }, fields: ada.fields });
});

describe("the link nobody sees", () => {
  const tracked = { html: "<html><body><p>Hi {{ first_name }}</p></body></html>" };
  test("stands once in the HTML, without words or size, out of reach of keyboard and voice, and in no text", () => {
    const { html, text } = mail(tracked, ada);
    const [link] = html.match(/<a [^>]*999999"[^>]*><\/a>/) ?? [];
    expect(link).toMatch(/tabindex="-1".*aria-hidden="true".*display:none/);
    expect(html.split(String(decoyPosition))).toHaveLength(2);
    expect(text).not.toContain(urls.click);
  });
  test("is not there where clicks are not counted", () => {
    expect(mail(tracked, ada, { trackClicks: false }).html).not.toContain(urls.click);
  });
  test("does not come into a text that is made of the finished HTML", () => {
    // A tag that Liquid opens in one branch and closes in another leaves no text template.
    const html = "<body>{% if first_name %}<p title='{% endif %}'>Hi</p></body>";
    expect(mail({ html }, ada).text).not.toContain(urls.click);
  });
});
