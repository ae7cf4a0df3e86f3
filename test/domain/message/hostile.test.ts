// Templates that mean harm: they cost little, reach nothing, and fail alone.
import { describe, expect, test } from "vitest";
import { renderMessage } from "#domain/message/render";
import { inputsOf } from "#domain/message/variables";
import { ada, around, compiled, mail, urls } from "./support.ts";

describe("hostile templates", () => {
  const failing = (html: string) => {
    const ready = compiled({ html });
    return renderMessage(ready, inputsOf(ready, ada, around), urls);
  };
  test.each([
    [
      "endless work in nested loops",
      "{% assign a = (1..1000) %}{% for i in a %}{% for j in a %}{% for k in a %}{% endfor %}{% endfor %}{% endfor %}",
    ],
    ["a range of millions", "{% for i in (1..90000000) %}x{% endfor %}"],
    [
      "text that doubles itself",
      `{% capture a %}xxxxxxxx{% endcapture %}${"{% capture a %}{{ a | raw }}{{ a | raw }}{% endcapture %}".repeat(40)}`,
    ],
    ["much text many times", `{% for i in (1..900) %}${"x".repeat(3_000)}{% endfor %}`],
  ])("%s ends as a failure of this message, quickly", (_, html) => {
    const startedMs = performance.now();
    const out = failing(html);
    expect(out.ok).toBe(false);
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });

  test.each([
    [
      "{{ constructor }}{{ fields.constructor }}{{ first_name.constructor }}{{ fields.__proto__ }}{{ toString }}",
    ],
    ["{{ fields['constructor'] }}{{ __proto__ }}{{ fields.hasOwnProperty }}"],
  ])("%s reaches nothing", (html) => {
    expect(mail({ html: `<p>[${html}]</p>` }).html).toContain("<p>[]</p>");
  });
});
