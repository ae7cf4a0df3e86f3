/** The documented rules of the sandbox's recipients. */

import { describe, expect, test } from "vitest";
import { touchable } from "#domain/sending/sandbox-links";
import {
  actsOf,
  type Plot,
  personOf,
  plotOf,
  plots,
  proxyOf,
  receptionOf,
  shares,
  usesPrivacyProxy,
} from "#domain/sending/sandbox-plot";
import { decoyPosition } from "#domain/tracking/rules";

const crowd = Array.from({ length: 50_000 }, (_, i) => `person${i}@shop${i % 7}.example`);
const share = (test: (address: string) => boolean) => crowd.filter(test).length / crowd.length;

describe("the plot", () => {
  test("the shares are of a thousand and name every plot", () => {
    expect(shares.reduce((sum, [, parts]) => sum + parts, 0)).toBe(1_000);
    expect(shares.map(([plot]) => plot).sort()).toEqual([...plots].sort());
  });
  test.each(shares)("%s happens to about %i of a thousand", (plot, parts) => {
    const measured = share((address) => plotOf(address) === plot) * 1_000;
    expect(Math.abs(measured - parts)).toBeLessThan(Math.max(1.5, parts * 0.1));
  });
  test.each<[string, Plot]>([
    ["bounce@x.example", "bounces"],
    ["a.BOUNCE.b@x.example", "bounces"],
    ["complain+1@x.example", "complains"],
    ["unsubscribe-me@x.example", "unsubscribes"],
    ["noreply@x.example", "ignores"],
    ["no-reply@x.example", "ignores"],
    ["click7@x.example", "clicks"],
    ["reads@x.example", "reads"],
  ])("%s asks for %s by name", (address, plot) => {
    expect(plotOf(address)).toBe(plot);
  });
  test("only the part before the @ can ask", () => {
    const plain = crowd.find((address) => plotOf(address) === "reads") ?? "";
    expect(receptionOf("ann@refuse.example")).toBe("takes");
    expect(new Set(crowd.slice(0, 300).map((_a, i) => plotOf(`q${i}@bounce.example`))).size).toBeGreaterThan(
      1,
    );
    expect(plotOf(plain.toUpperCase())).toBe("reads");
  });
  test("refusals and deferrals are asked for by name", () => {
    expect(receptionOf("refuse@x.example")).toBe("refuses");
    expect(receptionOf("defer.me@x.example")).toBe("defers");
    expect(share((address) => receptionOf(address) === "takes")).toBe(1);
  });
});

describe("what happens", () => {
  test("is the same every time, in order, and over within half a minute", () => {
    for (const address of crowd.slice(0, 2_000)) {
      const acts = actsOf(address);
      expect(actsOf(address)).toEqual(acts);
      const moments = acts.map((act) => act.afterMs);
      expect(moments).toEqual([...moments].sort((a, b) => a - b));
      expect(moments.at(-1)).toBeLessThan(30_000);
    }
  });
  test("a bounce is all that happens to a mail that bounces", () => {
    expect(actsOf("bounce@x.example").map((act) => act.happening)).toEqual(["bounced"]);
  });
  test("everything else is delivered first, and once", () => {
    for (const address of crowd.slice(0, 2_000).filter((a) => plotOf(a) !== "bounces")) {
      const names = actsOf(address).map((act) => act.happening);
      expect(names[0]).toBe("delivered");
      expect(names.filter((name) => name === "delivered")).toHaveLength(1);
    }
  });
  test("about one in eight is fetched by a privacy proxy, which no person is", () => {
    expect(share(usesPrivacyProxy)).toBeCloseTo(0.125, 2);
    const address = crowd.find((a) => usesPrivacyProxy(a) && plotOf(a) === "ignores") ?? "";
    expect(actsOf(address)).toMatchObject([
      { happening: "delivered" },
      { happening: "opened", machine: true },
    ]);
    expect(proxyOf(address)).toMatchObject({
      userAgent: "Mozilla/5.0",
      ip: expect.stringMatching(/^17\.58\./),
    });
  });
  test("people come from addresses set aside for tests, each from their own", () => {
    const hosts = new Set(crowd.slice(0, 2_000).map((address) => personOf(address).ip));
    for (const ip of hosts) expect(ip).toMatch(/^198\.1[89](\.\d{1,3}){2}$/);
    expect(hosts.size).toBeGreaterThan(1_900);
  });
});

describe("what can be touched in a mail", () => {
  const origin = "https://app.example";
  const headers = {
    "List-Unsubscribe": `<mailto:off@x.example>, <${origin}/t/u/tok>`,
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
  };
  const html = `<A class=x HREF='${origin}/t/c/1?a=1&amp;b=2'>x</A><a href="https://other.example/t/c/2">y</a>
    <img alt="" src="${origin}/t/o/p"><img src="https://other.example/t/o/q">`;

  test("is found, with entities undone", () => {
    expect(touchable({ html, headers, recipient: "a@b.example" }, origin)).toEqual({
      pixel: `${origin}/t/o/p`,
      link: `${origin}/t/c/1?a=1&b=2`,
      unsubscribe: `${origin}/t/u/tok`,
    });
  });
  test("never lies outside the house", () => {
    const elsewhere = touchable(
      { html, headers, recipient: "a@b.example" },
      "https://app.example.evil.example",
    );
    expect(elsewhere).toEqual({ pixel: undefined, link: undefined, unsubscribe: undefined });
  });
  test("no one-click without the promise of RFC 8058", () => {
    const { "List-Unsubscribe-Post": _promise, ...bare } = headers;
    expect(touchable({ html, headers: bare, recipient: "a@b.example" }, origin).unsubscribe).toBeUndefined();
  });
  test("nobody follows the link that nobody sees", () => {
    const token = "T".repeat(56);
    const decoy = `<a href="${origin}/t/c/-/${token}${decoyPosition}"></a>`;
    const links = [`${origin}/t/c/-/${token}0`, `${origin}/t/c/-/${token}99`];
    const shown = decoy + links.map((url) => `<a href="${url}">x</a>`).join("");
    const followed = crowd.map((recipient) => touchable({ html: shown, headers, recipient }, origin).link);
    expect([...new Set(followed)].sort()).toEqual(links);
  });
  test("different people follow different links", () => {
    const many = Array.from({ length: 5 }, (_, i) => `<a href="${origin}/t/c/${i}">x</a>`).join("");
    const followed = crowd
      .slice(0, 100)
      .map((recipient) => touchable({ html: many, headers, recipient }, origin).link);
    expect(new Set(followed).size).toBe(5);
  });
});
