// An address is given up after soft bounces on enough different days with nothing delivered in between.
import fc from "fast-check";
import { expect, test } from "vitest";
import { isWornOut, type PastReport, softBounceRule } from "#domain/sending/bounce";

const dayMs = 86_400_000;
const noon = Date.UTC(2026, 10, 1, 12);
const soft = (day: number): PastReport => ({ kind: "bounced", bounce: "soft", atMs: noon + day * dayMs });
const delivered = (day: number): PastReport => ({
  kind: "delivered",
  bounce: undefined,
  atMs: noon + day * dayMs,
});
const days = (...all: number[]) => all.map(soft);

test("five days of a month", () => {
  expect(isWornOut(days(0, 3, 9, 20))).toBe(false);
  expect(isWornOut(days(0, 3, 9, 20, 29))).toBe(true);
});
test("many on one day are one day", () => {
  expect(isWornOut(days(0, 0.1, 0.2, 0.3, 0.4, 1, 2))).toBe(false);
});
test("what lies more than a month before the latest is forgotten", () => {
  expect(isWornOut(days(0, 1, 2, 3, 30))).toBe(false);
  expect(isWornOut(days(0, 1, 2, 3, 29.9))).toBe(true);
});
test("one mail that arrived begins the count anew", () => {
  expect(isWornOut([...days(0, 1, 2, 3, 4), delivered(2.5)])).toBe(false);
  expect(isWornOut([...days(0, 1, 2, 3, 4), delivered(-1)])).toBe(true);
});
test("blocks and hard bounces are no soft ones", () => {
  const blocks = days(0, 1, 2, 3, 4, 5).map((past) => ({ ...past, bounce: "block" as const }));
  expect(isWornOut(blocks)).toBe(false);
});
test("neither order nor repeats matter", () => {
  const past = fc.record({
    kind: fc.constantFrom("bounced" as const, "delivered" as const),
    bounce: fc.constantFrom("soft" as const, "block" as const, undefined),
    atMs: fc.integer({ min: noon, max: noon + 2 * softBounceRule.withinMs }),
  });
  fc.assert(
    fc.property(fc.array(past, { maxLength: 15 }), (history) => {
      expect(isWornOut([...history, ...history].reverse())).toBe(isWornOut(history));
    }),
  );
});
