/** The transactional lane of a connection: never behind bulk, never more than the connection carries. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { ask, newGate } from "#domain/sending/gate";

const start = Date.UTC(2026, 10, 22);
const warmUp = { starts_on: "2026-11-22", first_day: 50, growth: 1.5, full_day: 50_000 };

test("bulk that takes all it can get leaves a transactional message no wait", () => {
  let gate = newGate({ ratePerSecond: 10, warmUp: null }, start);
  gate = ask(gate, { want: 500 }, start).gate;
  expect(ask(gate, { want: 500 }, start).grant.granted).toBe(0);
  expect(ask(gate, { want: 1, isDirect: true }, start).grant).toMatchObject({ granted: 1, waitMs: 0 });
});

test("a spent warm-up day holds bulk and not the transactional message, which counts into the day", () => {
  let gate = newGate({ ratePerSecond: 1_000, warmUp }, start);
  gate = ask(gate, { want: 500 }, start).gate;
  expect(ask(gate, { want: 1 }, start).grant.waitsFor).toBe("warm_up");
  const direct = ask(gate, { want: 1, isDirect: true }, start);
  expect(direct.grant.granted).toBe(1);
  expect(direct.gate.day.granted).toBe(gate.day.granted + 1);
});

test("a provider's 'slow down' holds both", () => {
  const gate = newGate({ ratePerSecond: 10, warmUp: null }, start);
  const closed = { ...gate, bucket: { ...gate.bucket, closedUntilMs: start + 5_000 } };
  expect(ask(closed, { want: 1, isDirect: true }, start).grant).toMatchObject({ granted: 0, waitMs: 5_000 });
});

test("whoever asks whenever: no more leaves than the rate earns and two buckets; transactional alone never waits below the rate", () => {
  const asks = fc.array(
    fc.record({
      afterMs: fc.integer({ min: 0, max: 400 }),
      want: fc.integer({ min: 1, max: 300 }),
      isDirect: fc.boolean(),
    }),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), asks, (ratePerSecond, list) => {
      let gate = newGate({ ratePerSecond, warmUp: null }, start);
      let nowMs = start;
      let total = 0;
      for (const { afterMs, want, isDirect } of list) {
        nowMs += afterMs;
        const asked = ask(gate, isDirect ? { want: 1, isDirect } : { want }, nowMs);
        gate = asked.gate;
        total += asked.grant.granted;
      }
      expect(total).toBeLessThanOrEqual(
        (ratePerSecond * (nowMs - start)) / 1_000 + 2 * gate.bucket.capacity + 1e-3,
      );
    }),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.array(fc.integer({ min: 1, max: 500 }), { maxLength: 100 }),
      (ratePerSecond, bulk) => {
        let gate = newGate({ ratePerSecond, warmUp: null }, start);
        // One transactional message at every beat of the rate, with bulk asking in between.
        bulk.forEach((want, i) => {
          const nowMs = start + Math.ceil((i * 1_000) / ratePerSecond);
          gate = ask(gate, { want }, nowMs).gate;
          const direct = ask(gate, { want: 1, isDirect: true }, nowMs);
          gate = direct.gate;
          expect(direct.grant.waitMs).toBe(0);
        });
      },
    ),
  );
});
