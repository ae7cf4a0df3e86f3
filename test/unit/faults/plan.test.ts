/** A seed says the same every time, and says enough. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { farNames, farsFor } from "../../faults/far/index.ts";
import { callFates, callFaults, planFor, settingsFor } from "../../faults/plan.ts";

const seeds = fc.nat({ max: 2 ** 31 - 1 });

test("the same seed draws the same far ends, the same schedule and the same fates", () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 200_000 }), (seed, recipients) => {
      const plan = () => planFor(seed, recipients, farsFor(seed, 5));
      expect(plan()).toEqual(plan());
      const fates = () => Array.from({ length: 100 }, callFates(seed, "resend"));
      expect(fates()).toEqual(fates());
    }),
  );
});

test("every schedule kills every part, and each of its strikes can come", () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const fars = farsFor(seed, 5);
      const { strikes } = planFor(seed, 5_000, fars);
      const killed = new Set(strikes.flatMap((one) => (one.act === "kill" ? [one.part] : [])));
      expect(killed).toEqual(new Set(["workerd", "gateway", "mysqld"]));
      for (const one of strikes) {
        if (one.at.while === "sending") expect(one.at.share).toBeLessThan(0.95);
        if (one.act !== "kill") expect(fars[one.campaign]).toBeDefined();
      }
    }),
  );
});

test("forty calls meet every kind of fault once", () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const fates = Array.from({ length: 40 }, callFates(seed, "resend")).filter(
        (fate) => fate !== undefined,
      );
      expect([...fates].sort()).toEqual([...callFaults].sort());
    }),
  );
});

test("every run has keys, reports without keys, silence and texts; all far ends have their turn", () => {
  const met = new Set<string>();
  for (let seed = 0; seed < 40; seed++) {
    const fars = farsFor(seed, 5);
    const has = (...names: string[]) => expect(fars.some((name) => names.includes(name))).toBe(true);
    has("resend", "sandbox with keys");
    has("sendgrid", "postmark", "mailgun", "ses", "sandbox that reports");
    has("smtp", "sandbox that is silent");
    has("twilio", "sendmode");
    expect(new Set(fars).size).toBe(5);
    // The quick run has one of each class.
    expect(fars.slice(0, 3)).toEqual(farsFor(seed, 3));
    for (const name of fars) met.add(name);
  }
  expect([...met].sort()).toEqual([...farNames].sort());
});

test("the times of a fault run relate as those of production do", () => {
  const { leaseMs, evidenceWindowMs, chunkSize } = settingsFor(5_000);
  expect(evidenceWindowMs).toBeGreaterThan(3 * leaseMs);
  expect(chunkSize).toBe(250);
});
