/** Laws of a connection's gate: never above its pace, never above its warm-up day, resting when in trouble. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Account,
  ask,
  type Gate,
  newGate,
  settleAccount,
  warmUpToday,
  withTerms,
} from "#domain/sending/gate";
import { dailyAllowance, nextUtcDayMs, utcDay, warmUpDays } from "#domain/sending/warm-up-days";

const noonMs = Date.UTC(2026, 10, 22, 12);
const account = (part: Partial<Account>): Account => ({
  attempt: "a",
  used: 0,
  experience: { accepted: 0, failed: 0, refusal: null },
  reason: "",
  closeMs: 0,
  groups: {},
  unusedBudgets: {},
  ...part,
});
const plan = { starts_on: "2026-11-20", first_day: 50, growth: 2, full_day: 1_000 };

test("however it is asked, no more than the rate and a second's worth leaves, and never more than wanted", () => {
  const asks = fc.array(
    fc.record({ want: fc.integer({ min: 1, max: 2_000 }), afterMs: fc.integer({ min: 0, max: 3_000 }) }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000 }), asks, (ratePerSecond, list) => {
      let gate = newGate({ ratePerSecond, warmUp: null }, noonMs);
      let nowMs = noonMs;
      let left = 0;
      for (const { want, afterMs } of list) {
        nowMs += afterMs;
        const asked = ask(gate, { want }, nowMs);
        gate = asked.gate;
        left += asked.grant.granted;
        expect(asked.grant.granted).toBeLessThanOrEqual(Math.min(want, ratePerSecond));
        expect(asked.grant.granted > 0).toBe(asked.grant.waitMs === 0);
      }
      expect(left).toBeLessThanOrEqual(ratePerSecond + ((nowMs - noonMs) * ratePerSecond) / 1_000 + 1e-3);
    }),
  );
});

test("whoever waits as long as told is granted something", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 900 }), (ratePerSecond, want) => {
      let gate = newGate({ ratePerSecond, warmUp: null }, noonMs);
      gate = ask(gate, { want: 1_000_000 }, noonMs).gate;
      const refused = ask(gate, { want }, noonMs);
      expect(refused.grant).toMatchObject({ granted: 0, waitsFor: "pace" });
      expect(ask(refused.gate, { want }, noonMs + refused.grant.waitMs).grant.granted).toBeGreaterThan(0);
    }),
  );
});

test("the day of a warm-up is never exceeded, whatever is used or given back, and the next day grants again", () => {
  const step = fc.record({ want: fc.integer({ min: 1, max: 80 }), used: fc.integer({ min: 0, max: 80 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let gate = newGate({ ratePerSecond: 10_000, warmUp: plan }, noonMs);
      let used = 0;
      steps.forEach((one, i) => {
        const attempt = String(i);
        const asked = ask(gate, { want: one.want, attempt }, noonMs + i * 1_000);
        const mine = Math.min(one.used, asked.grant.granted);
        used += mine;
        gate = settleAccount(asked.gate, account({ attempt, used: mine }), noonMs + i * 1_000);
        expect(warmUpToday(gate, noonMs)).toEqual({ allowed: 200, used });
      });
      expect(used).toBeLessThanOrEqual(200);
      const full = { ...gate, day: { date: "2026-11-22", granted: 200 } };
      expect(ask(full, { want: 1 }, noonMs + 999_000).grant).toMatchObject({
        granted: 0,
        waitsFor: "warm_up",
      });
      expect(ask(full, { want: 1 }, nextUtcDayMs(noonMs)).grant.granted).toBe(1);
    }),
  );
});

test("a warm-up grows from its first day until nothing limits the day any more", () => {
  expect(dailyAllowance(plan, "2026-11-01")).toBe(50);
  expect(
    ["2026-11-20", "2026-11-21", "2026-11-24", "2026-11-25"].map((day) => dailyAllowance(plan, day)),
  ).toEqual([50, 100, 800, null]);
  expect(warmUpDays(plan)).toBe(5);
  const plans = fc.record({
    starts_on: fc.constant("2026-01-01"),
    first_day: fc.integer({ min: 10, max: 1_000 }),
    growth: fc.double({ min: 1.05, max: 3, noNaN: true }),
    full_day: fc.integer({ min: 10, max: 1_000_000 }),
  });
  fc.assert(
    fc.property(plans, (one) => {
      const days = warmUpDays(one);
      const on = (n: number) => dailyAllowance(one, utcDay(Date.parse(one.starts_on) + n * 86_400_000));
      expect(on(days)).toBeNull();
      for (let n = 1; n < days; n++) expect(on(n) ?? 0).toBeGreaterThanOrEqual(on(n - 1) ?? 0);
      if (days > 0) expect(on(days - 1)).toBeLessThan(one.full_day);
    }),
  );
});

const refused = (gate: Gate, refusal: "unavailable" | "rejected", nowMs: number) =>
  settleAccount(gate, account({ experience: { accepted: 0, failed: 0, refusal }, reason: "no" }), nowMs);
const sent = (accepted: number, failed = 0) => account({ experience: { accepted, failed, refusal: null } });

test("three calls in a row into nothing and it rests; then a few try it, and what becomes of them decides", () => {
  let gate = newGate({ ratePerSecond: 1_000, warmUp: null }, noonMs);
  gate = refused(refused(gate, "unavailable", noonMs), "unavailable", noonMs);
  expect(ask(gate, { want: 500 }, noonMs).grant.granted).toBe(500);
  gate = refused(gate, "unavailable", noonMs);
  const resting = ask(gate, { want: 500 }, noonMs).grant;
  expect(resting).toMatchObject({ granted: 0, waitsFor: "recovery" });
  // Who has nothing healthier may try it all the same, with a few.
  expect(ask(gate, { want: 500, isLastResort: true }, noonMs).grant.granted).toBe(20);
  const laterMs = noonMs + resting.waitMs;
  const tried = ask(gate, { want: 500 }, laterMs);
  expect(tried.grant.granted).toBe(20);
  expect(ask(tried.gate, { want: 500 }, laterMs).grant.waitsFor).toBe("recovery");
  const well = settleAccount(tried.gate, sent(20), laterMs);
  expect(ask(well, { want: 500 }, laterMs).grant.granted).toBe(500);
  const worse = refused(tried.gate, "unavailable", laterMs);
  expect(ask(worse, { want: 500 }, laterMs).grant.waitMs).toBe(60_000);
  expect(worse.troubles[0]).toEqual({ atMs: laterMs, kind: "unavailable", reason: "no" });
});

test("more than a fifth of at least fifty refused and it rests; old trouble fades", () => {
  const gate = newGate({ ratePerSecond: 1_000, warmUp: null }, noonMs);
  const bad = settleAccount(gate, sent(35, 15), noonMs);
  expect(ask(bad, { want: 1 }, noonMs).grant.waitsFor).toBe("recovery");
  const small = settleAccount(gate, sent(20, 10), noonMs);
  expect(ask(small, { want: 1 }, noonMs).grant.granted).toBe(1);
  const hourLater = settleAccount(small, sent(45, 5), noonMs + 3_600_000);
  expect(ask(hourLater, { want: 1 }, noonMs + 3_600_000).grant.granted).toBe(1);
});

test("an attempt's account gives back once, and a spent quota says so", () => {
  const gate = newGate({ ratePerSecond: 100, warmUp: plan }, noonMs);
  const asked = ask(gate, { want: 100, attempt: "a" }, noonMs);
  const quota = { accepted: 0, failed: 0, refusal: "quota_spent" } as const;
  const told = account({ used: 40, experience: quota, closeMs: 3_600_000 });
  const twice = settleAccount(settleAccount(asked.gate, told, noonMs), told, noonMs);
  expect(warmUpToday(twice, noonMs)).toEqual({ allowed: 200, used: 40 });
  expect(ask(twice, { want: 1 }, noonMs).grant).toMatchObject({ waitsFor: "quota", waitMs: 3_600_000 });
});

test("other terms keep what the day has had", () => {
  const gate = ask(newGate({ ratePerSecond: 100, warmUp: plan }, noonMs), { want: 80 }, noonMs).gate;
  const slower = withTerms(gate, { ratePerSecond: 10, warmUp: { ...plan, first_day: 20 } }, noonMs);
  expect(warmUpToday(slower, noonMs)).toEqual({ allowed: 80, used: 80 });
  expect(warmUpToday(withTerms(gate, { ratePerSecond: 10, warmUp: null }, noonMs), noonMs)).toBeNull();
});
