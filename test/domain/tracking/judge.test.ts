// Machines are known by the company they keep, in whatever order their visits are told.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  crowdsOf,
  firstsOf,
  judgeHits,
  noCrowds,
  type SeenHit,
  type VisitorClick,
} from "#domain/tracking/judge";
import { burst, crowd, decoyNearMs, decoyPosition } from "#domain/tracking/rules";

const browser = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";
let count = 0;
const hit = (part: Partial<SeenHit> = {}): SeenHit => {
  const linkPosition = part.linkPosition ?? (part.event === "opened" ? null : 0);
  return {
    key: `h${++count}`,
    event: "clicked",
    atMs: 1_000_000,
    acceptedAtMs: 0,
    link: linkPosition === null ? null : String(linkPosition),
    ip: "198.51.100.7",
    userAgent: browser,
    method: "GET",
    asn: null,
    visitor: "v1",
    ...part,
    linkPosition,
  };
};
const reasonsOf = (hits: readonly SeenHit[], crowds = noCrowds) => {
  const judged = judgeHits(hits, crowds);
  return hits.map((one) => judged.get(one.key)?.reasons.join(" "));
};
const walk = (...steps: [position: number, ms: number][]) =>
  steps.map(([linkPosition, ms]) => hit({ linkPosition, atMs: 1_000_000 + ms }));

describe("many links of one mail within seconds", () => {
  test("make a machine of all of them, the first ones too, whoever asked", () => {
    const hits = walk([0, 0], [1, 900], [2, burst.withinMs]);
    const rotating = hits.map((one, i) => ({ ...one, ip: `192.0.2.${i}`, visitor: `v${i}` }));
    expect(reasonsOf(hits)).toEqual(Array(3).fill("burst_of_links"));
    expect(reasonsOf(rotating)).toEqual(Array(3).fill("burst_of_links"));
  });
  test("one millisecond slower, and it is a hasty person", () => {
    expect(reasonsOf(walk([0, 0], [1, 900], [2, burst.withinMs + 1]))).toEqual(["", "", ""]);
  });
  test("the same link again and again is a person who is impatient", () => {
    expect(reasonsOf(walk([0, 0], [0, 300], [0, 600], [1, 900]))).toEqual(["", "", "", ""]);
  });
  test("a click an hour later stays a person's", () => {
    expect(reasonsOf(walk([0, 0], [1, 10], [2, 20], [1, 3_600_000]))).toEqual([
      ...Array(3).fill("burst_of_links"),
      "",
    ]);
  });
});

describe("the link nobody sees", () => {
  const decoy = (part: Partial<SeenHit> = {}) => hit({ linkPosition: decoyPosition, ...part });
  test("marks what the same address or the same agent did near it", () => {
    const hits = [
      decoy(),
      hit({ atMs: 1_000_000 - decoyNearMs, userAgent: "Mozilla/5.0 (other)" }),
      hit({ event: "opened", atMs: 1_000_000 + 5_000, ip: "203.0.113.9" }),
      hit({ atMs: 1_000_000 + decoyNearMs + 1 }),
      hit({ atMs: 1_000_000 + 30_000, ip: "203.0.113.9", userAgent: "Mozilla/5.0 (a person elsewhere)" }),
    ];
    expect(reasonsOf(hits)).toEqual(["decoy", "decoy", "decoy", "", ""]);
  });
  test("does not mark everybody of whom nothing is known", () => {
    const hits = [decoy({ ip: "", userAgent: "" }), hit({ ip: "", userAgent: null, visitor: null })];
    expect(reasonsOf(hits)[1]).toBe("");
  });
});

describe("one visitor at many recipients' links", () => {
  const clicks = (n: number, everyMs: number): VisitorClick[] =>
    Array.from({ length: n }, (_, i) => ({
      visitor: "v1",
      messageId: `m${i}`,
      atMs: 1_000_000 + i * everyMs,
    }));
  test("is a machine at each of them", () => {
    const crowds = crowdsOf(clicks(crowd.messages, 500));
    for (let i = 0; i < crowd.messages; i++) expect(crowds("v1", 1_000_000 + i * 500)).toBe(true);
    expect(crowds("v2", 1_000_000)).toBe(false);
    expect(reasonsOf([hit()], crowds)).toEqual(["burst_of_recipients"]);
    expect(reasonsOf([hit({ event: "opened" })], crowds)).toEqual([""]);
  });
  test("is an office where there is time between them, or one person at one mail", () => {
    const slow = crowdsOf(clicks(crowd.messages, crowd.withinMs));
    expect(slow("v1", 1_000_000)).toBe(false);
    const one = crowdsOf(clicks(20, 10).map((click) => ({ ...click, messageId: "m" })));
    expect(one("v1", 1_000_000)).toBe(false);
  });
});

test("first times are the earliest of people and of machines apart", () => {
  const hits = [
    hit({ event: "opened", atMs: 5, userAgent: "Mozilla/5.0" }),
    hit({ event: "opened", atMs: 9 }),
    hit({ event: "opened", atMs: 8 }),
    hit({ atMs: 20_000, asn: 16_509 }),
  ];
  expect(firstsOf(hits, judgeHits(hits, noCrowds))).toEqual({
    openedAtMs: 8,
    clickedAtMs: null,
    machineOpenedAtMs: 5,
  });
});

describe("as laws", () => {
  const visits = fc.array(
    fc.record({
      event: fc.constantFrom("opened" as const, "clicked" as const),
      atMs: fc.integer({ min: 0, max: 20_000 }),
      linkPosition: fc.constantFrom(0, 1, 2, 3, decoyPosition),
      ip: fc.constantFrom("192.0.2.1", "192.0.2.2", ""),
      userAgent: fc.constantFrom(browser, "Mozilla/5.0 (other)", "curl/8", null),
      visitor: fc.constantFrom("v1", "v2"),
    }),
    { maxLength: 12 },
  );
  const inAnyOrder = (hits: SeenHit[]) =>
    fc.tuple(fc.constant(hits), fc.shuffledSubarray(hits, { minLength: hits.length }));
  test("the order in which hits are told does not matter", () => {
    fc.assert(
      fc.property(visits.map((all) => all.map(hit)).chain(inAnyOrder), ([hits, shuffled]) => {
        const judged = judgeHits(hits, noCrowds);
        const again = judgeHits(shuffled, noCrowds);
        for (const { key } of hits) expect(again.get(key)).toEqual(judged.get(key));
      }),
    );
  });
  test("a crowd is what a search through all windows finds", () => {
    const clicks = fc.array(
      fc.record({
        visitor: fc.constant("v"),
        messageId: fc.constantFrom(..."abcdefg"),
        atMs: fc.integer({ min: 0, max: 9_000 }),
      }),
      { maxLength: 14 },
    );
    fc.assert(
      fc.property(clicks, (all) => {
        const found = crowdsOf(all);
        for (const { atMs } of all) {
          const inWindow = (from: number) =>
            new Set(
              all.filter((c) => c.atMs >= from && c.atMs <= from + crowd.withinMs).map((c) => c.messageId),
            ).size;
          const windows = all
            .map((c) => c.atMs)
            .filter((from) => from <= atMs && atMs <= from + crowd.withinMs);
          expect(found("v", atMs)).toBe(windows.some((from) => inWindow(from) >= crowd.messages));
        }
      }),
    );
  });
});
