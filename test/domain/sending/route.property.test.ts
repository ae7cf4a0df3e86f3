/** Laws of routing: shares hold, the healthy come first, stand-bys stand by. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Candidate, charge, chooseWay, mostAtOnce, routeFrom, type Way } from "#domain/sending/route";
import { newId } from "#test/support/scope";

const nowMs = 1_000_000;
const standing = fc.oneof(
  fc.constant({ kind: "open" } as const),
  fc.constant({ kind: "ailing" } as const),
  fc
    .integer({ min: nowMs - 5, max: nowMs + 60_000 })
    .map((untilMs) => ({ kind: "closed", untilMs }) as const),
);
const ways = fc
  .array(
    fc.record({
      weight: fc.integer({ min: 0, max: 100 }),
      standing,
      credit: fc.integer({ min: -500, max: 500 }),
    }),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((list): Way[] => list.map((way) => ({ ...way, connectionId: newId("cxn") })));
const isUsable = ({ standing }: Way) => standing.kind !== "closed" || standing.untilMs <= nowMs;

test("never an ailing one while a healthy one can take it, never a stand-by while a regular one can", () => {
  fc.assert(
    fc.property(ways, (list) => {
      const choice = chooseWay(list, nowMs);
      const usable = list.filter(isUsable);
      if (usable.length === 0) {
        const soonest = Math.min(
          ...list.map((w) => (w.standing.kind === "closed" ? w.standing.untilMs : nowMs)),
        );
        expect(choice).toEqual({ kind: "wait", untilMs: soonest });
        return;
      }
      if (choice.kind !== "ask") throw new Error(`${choice.kind} though ${usable.length} are usable`);
      const chosen = usable.find((way) => way.connectionId === choice.connectionId);
      const healthy = usable.filter((way) => way.standing.kind !== "ailing");
      expect(choice.isLastResort).toBe(healthy.length === 0);
      const pool = healthy.length > 0 ? healthy : usable;
      expect(pool).toContain(chosen);
      if (pool.some((way) => way.weight > 0)) expect(chosen?.weight).toBeGreaterThan(0);
    }),
  );
});

test("after any number of grants each has had its share, give or take a grant of each", () => {
  const grants = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 200 });
  const weights = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(weights, grants, (given, sizes) => {
      let list: Way[] = given.map((weight) => ({
        connectionId: newId("cxn"),
        weight,
        credit: 0,
        standing: { kind: "open" },
      }));
      const had = new Map(list.map((way) => [way.connectionId, 0]));
      for (const size of sizes) {
        const choice = chooseWay(list, nowMs);
        if (choice.kind !== "ask") throw new Error("nobody to ask");
        had.set(choice.connectionId, (had.get(choice.connectionId) ?? 0) + size);
        list = charge(list, choice.connectionId, size, nowMs);
      }
      const all = sizes.reduce((a, b) => a + b);
      const total = given.reduce((a, b) => a + b);
      for (const way of list)
        expect(Math.abs((had.get(way.connectionId) ?? 0) - (all * way.weight) / total)).toBeLessThanOrEqual(
          500 * list.length,
        );
    }),
  );
});

test("one that was away is owed nothing for the time it was away", () => {
  const [a, b] = [newId("cxn"), newId("cxn")];
  const away = { kind: "closed", untilMs: nowMs + 1_000 } as const;
  let list: Way[] = [
    { connectionId: a, weight: 1, credit: 0, standing: { kind: "open" } },
    { connectionId: b, weight: 1, credit: 0, standing: away },
  ];
  for (let i = 0; i < 50; i++) list = charge(list, a, 100, nowMs);
  expect(list.map((way) => way.credit)).toEqual([0, 0]);
});

test("the most at once adds up to the whole, and is never nothing", () => {
  fc.assert(
    fc.property(ways, fc.integer({ min: 0, max: 100_000 }), (list, audience) => {
      const open = list.map((way): Way => ({ ...way, weight: way.weight + 1, standing: { kind: "open" } }));
      const most = open.map((way) => mostAtOnce(open, way.connectionId, audience, nowMs));
      expect(Math.min(...most)).toBeGreaterThanOrEqual(1);
      const sum = most.reduce((a, b) => a + b);
      expect(sum).toBeGreaterThanOrEqual(audience);
      expect(sum).toBeLessThanOrEqual(audience + open.length);
    }),
  );
});

const candidate = (part: Partial<Candidate> = {}): Candidate => ({
  id: newId("cxn"),
  kind: "resend",
  weight: 1,
  verifiedAt: new Date(0),
  lastError: "",
  ...part,
});

test("a run without a chosen connection goes by all that are proved and not refused, never by a sandbox among them", () => {
  const first = candidate({ verifiedAt: null, weight: 2 });
  const good = candidate({ weight: 0 });
  const others = [
    first,
    good,
    candidate({ verifiedAt: null }),
    candidate({ lastError: "401" }),
    candidate({ kind: "sandbox" }),
  ];
  expect(routeFrom(first, others)).toEqual([
    { connectionId: first.id, weight: 2 },
    { connectionId: good.id, weight: 0 },
  ]);
  const trial = candidate({ kind: "sandbox", verifiedAt: null });
  const second = candidate({ kind: "sandbox", verifiedAt: null });
  expect(routeFrom(trial, [trial, good, second]).map((way) => way.connectionId)).toEqual([
    trial.id,
    second.id,
  ]);
});
