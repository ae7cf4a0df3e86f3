/** The limiter inside workerd: what it promised outlives its eviction and its crash. */
import { abortAllDurableObjects, env, evictDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import type { Account } from "#domain/sending/gate";
import { utcDay } from "#domain/sending/warm-up-days";

let count = 0;
const limiter = () => env.CONNECTION_LIMITER.getByName(`limiter-${count++}`);
const terms = (ratePerSecond: number) => ({ ratePerSecond, warmUp: null });
const given = async (stub: ReturnType<typeof limiter>, want: number) =>
  (await stub.take({ want }))?.granted ?? Number.NaN;

test("gives a second's worth and no more, and names the wait for the next", async () => {
  const stub = limiter();
  await stub.configure(terms(100));
  expect(await stub.take({ want: 500 })).toEqual({ granted: 100, waitMs: 0, waitsFor: null, budgets: {} });
  const refused = await stub.take({ want: 50 });
  expect(refused).toMatchObject({ granted: 0, waitsFor: "pace" });
  expect(refused?.waitMs).toBeGreaterThan(300);
  expect(refused?.waitMs).toBeLessThanOrEqual(500);
});

test("an eviction refills nothing", async () => {
  const stub = limiter();
  await stub.configure(terms(1));
  expect(await given(stub, 1)).toBe(1);
  await evictDurableObject(stub);
  expect(await given(stub, 1)).toBe(0);
});

test("a crash refills nothing", async () => {
  const name = `limiter-${count++}`;
  await env.CONNECTION_LIMITER.getByName(name).configure(terms(1));
  expect(await given(env.CONNECTION_LIMITER.getByName(name), 1)).toBe(1);
  await abortAllDurableObjects();
  expect(await given(env.CONNECTION_LIMITER.getByName(name), 1)).toBe(0);
});

test("a penalty holds through an eviction, and a shorter one does not shorten it", async () => {
  const stub = limiter();
  await stub.configure(terms(1_000));
  await stub.penalize(60_000);
  await stub.penalize(10);
  await evictDurableObject(stub);
  const grant = await stub.take({ want: 1 });
  expect(grant).toMatchObject({ granted: 0, waitsFor: "slow_down" });
  expect(grant?.waitMs).toBeGreaterThan(50_000);
});

test("configuring the same terms again gives nothing away", async () => {
  const stub = limiter();
  await stub.configure(terms(2));
  await given(stub, 2);
  await stub.configure(terms(2));
  expect(await given(stub, 2)).toBe(0);
});

test("another rate counts from now on and keeps the penalty", async () => {
  const stub = limiter();
  await stub.configure(terms(1));
  await given(stub, 1);
  await stub.penalize(30_000);
  await stub.configure(terms(1_000));
  expect((await stub.take({ want: 1 }))?.waitMs).toBeGreaterThan(20_000);
});

test("before it was told its terms it grants nothing and says so", async () => {
  expect(await limiter().take({ want: 1 })).toBeNull();
});

test("what the warm-up's day has had is remembered through an eviction, and what was not used comes back once", async () => {
  const stub = limiter();
  const warmUp = { starts_on: utcDay(Date.now()), first_day: 50, growth: 1.5, full_day: 1_000 };
  await stub.configure({ ratePerSecond: 1_000, warmUp });
  expect((await stub.take({ want: 30, attempt: "a" }))?.granted).toBe(30);
  await evictDurableObject(stub);
  expect(await given(stub, 500)).toBe(20);
  expect(await stub.take({ want: 1 })).toMatchObject({ granted: 0, waitsFor: "warm_up" });
  const account: Account = {
    attempt: "a",
    used: 22,
    experience: { accepted: 22, failed: 0, refusal: null },
    reason: "",
    closeMs: 0,
    groups: {},
    unusedBudgets: {},
  };
  await stub.settle(account);
  await stub.settle(account);
  expect(await given(stub, 500)).toBe(8);
});
