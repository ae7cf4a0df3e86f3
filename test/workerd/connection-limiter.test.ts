/** The limiter inside workerd: what it promised outlives its eviction and its crash. */
import { abortAllDurableObjects, env, evictDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";

let count = 0;
const limiter = () => env.CONNECTION_LIMITER.getByName(`limiter-${count++}`);

test("gives what the rate allows and names the wait for the rest", async () => {
  const stub = limiter();
  await stub.configure(100);
  expect(await stub.take(100)).toEqual({ granted: true, waitMs: 0 });
  const refused = await stub.take(50);
  expect(refused.granted).toBe(false);
  expect(refused.waitMs).toBeGreaterThan(300);
  expect(refused.waitMs).toBeLessThanOrEqual(500);
});

test("an eviction refills nothing", async () => {
  const stub = limiter();
  await stub.configure(1);
  expect((await stub.take(1)).granted).toBe(true);
  await evictDurableObject(stub);
  expect((await stub.take(1)).granted).toBe(false);
});

test("a crash refills nothing", async () => {
  const name = `limiter-${count++}`;
  await env.CONNECTION_LIMITER.getByName(name).configure(1);
  expect((await env.CONNECTION_LIMITER.getByName(name).take(1)).granted).toBe(true);
  await abortAllDurableObjects();
  expect((await env.CONNECTION_LIMITER.getByName(name).take(1)).granted).toBe(false);
});

test("a penalty holds through an eviction, and a shorter one does not shorten it", async () => {
  const stub = limiter();
  await stub.configure(1_000);
  await stub.penalize(60_000);
  await stub.penalize(10);
  await evictDurableObject(stub);
  const grant = await stub.take(1);
  expect(grant.granted).toBe(false);
  expect(grant.waitMs).toBeGreaterThan(50_000);
});

test("configuring the same rate again gives nothing away", async () => {
  const stub = limiter();
  await stub.configure(2);
  await stub.take(2);
  await stub.configure(2);
  expect((await stub.take(2)).granted).toBe(false);
});

test("another rate counts from now on and keeps the penalty", async () => {
  const stub = limiter();
  await stub.configure(1);
  await stub.take(1);
  await stub.penalize(30_000);
  await stub.configure(1_000);
  expect((await stub.take(1)).waitMs).toBeGreaterThan(20_000);
});

test("unconfigured, it lets little through rather than everything", async () => {
  const stub = limiter();
  expect((await stub.take(10)).granted).toBe(true);
  expect((await stub.take(10)).granted).toBe(false);
});
