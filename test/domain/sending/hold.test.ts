/** Caps and holds: never over the cap, never held for ever, always with a reason. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cappedUntilMs } from "#domain/sending/cap";
import { type HoldFacts, heldPrefix, holdFor } from "#domain/sending/hold";

const day = 86_400_000;
const hour = 3_600_000;
const now = Date.UTC(2026, 11, 2, 12);
const cap = fc.record({ messages: fc.integer({ min: 1, max: 5 }), days: fc.integer({ min: 1, max: 30 }) });
const sent = fc.array(fc.integer({ min: now - 40 * day, max: now }), { maxLength: 12 });

describe("a frequency cap", () => {
  test("allows the next exactly when fewer than its number went within its days", () => {
    fc.assert(
      fc.property(cap, sent, (limit, times) => {
        const counting = times.filter((at) => at > now - limit.days * day).length;
        return (cappedUntilMs(limit, times, now) === undefined) === counting < limit.messages;
      }),
    );
  });
  test("opens at the moment it names, and not a millisecond before", () => {
    fc.assert(
      fc.property(cap, sent, (limit, times) => {
        const until = cappedUntilMs(limit, times, now);
        if (until === undefined) return;
        expect(cappedUntilMs(limit, times, until - 1)).toBe(until);
        expect(cappedUntilMs(limit, times, until)).toBeUndefined();
      }),
    );
  });
});

const facts = (more: Partial<HoldFacts> = {}): HoldFacts => ({
  zone: "UTC",
  sentMs: [],
  underWay: 0,
  isEldest: true,
  heldSinceMs: undefined,
  ...more,
});
const once = { messages: 1, days: 1 };

describe("a policy", () => {
  test("without cap and hours holds nobody", () => {
    expect(holdFor({ cap: null, quiet_hours: null }, 72, facts({ underWay: 9 }), now)).toEqual({
      do: "send",
    });
  });
  test("holds until the quiet hours end, and says whose clock it goes by", () => {
    const quiet = { cap: null, quiet_hours: { from: "20:00", to: "09:00" } };
    expect(holdFor(quiet, 72, facts({ zone: "Pacific/Auckland" }), now)).toEqual({
      do: "hold",
      untilMs: Date.UTC(2026, 11, 2, 20),
      reason: "held: quiet hours until 09:00 Pacific/Auckland",
    });
  });
  test("a cap that opens in the night waits for the morning", () => {
    const both = { cap: once, quiet_hours: { from: "20:00", to: "09:00" } };
    const held = holdFor(both, 72, facts({ sentMs: [now - 14 * hour] }), now);
    expect(held).toEqual({
      do: "hold",
      untilMs: Date.UTC(2026, 11, 3, 9),
      reason: "held: at most 1 message in 1 day",
    });
  });
  test("leaves out at once whom it would have to hold for longer than allowed", () => {
    const weekly = { cap: { messages: 1, days: 7 }, quiet_hours: null };
    expect(holdFor(weekly, 72, facts({ sentMs: [now - hour] }), now)).toEqual({
      do: "skip",
      reason: "capped",
    });
    const quiet = { cap: null, quiet_hours: { from: "11:00", to: "10:00" } };
    expect(holdFor(quiet, 22, facts(), now)).toMatchObject({ do: "hold" });
    const since = facts({ heldSinceMs: now - hour });
    expect(holdFor(quiet, 22, since, now)).toEqual({ do: "skip", reason: "quiet_hours_expired" });
  });
  test("of two that are on their way to one person both step back, the elder for less long", () => {
    const capped = { cap: once, quiet_hours: null };
    const elder = holdFor(capped, 72, facts({ underWay: 1, isEldest: true }), now);
    const younger = holdFor(capped, 72, facts({ underWay: 1, isEldest: false }), now);
    expect(elder).toMatchObject({ do: "hold", reason: expect.stringContaining(heldPrefix) });
    if (elder.do !== "hold" || younger.do !== "hold") throw new Error("both are held");
    expect(elder.untilMs).toBeLessThan(younger.untilMs);
    expect(
      holdFor({ cap: { messages: 2, days: 1 }, quiet_hours: null }, 72, facts({ underWay: 1 }), now),
    ).toEqual({
      do: "send",
    });
  });
  test("whatever the facts, it never holds past its limit and never sends over the cap or in the night", () => {
    fc.assert(
      fc.property(
        cap,
        sent,
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 1, max: 200 }),
        (limit, times, underWay, most) => {
          const policy = { cap: limit, quiet_hours: { from: "20:00", to: "09:00" } };
          const verdict = holdFor(policy, most, facts({ sentMs: times, underWay }), now);
          if (verdict.do === "hold") return verdict.untilMs <= now + most * hour && verdict.untilMs > now;
          if (verdict.do === "skip") return true;
          return times.filter((at) => at > now - limit.days * day).length + underWay < limit.messages;
        },
      ),
    );
  });
});
