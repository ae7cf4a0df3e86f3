/** A transactional message, whatever dies around it: at the far end at most once, and never forgotten. */
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { openDb } from "#db/client";
import { getDirectSend } from "#db/repos/direct-sends";
import { suppress } from "#db/repos/suppressions";
import { directSends } from "#db/schema/index";
import { SystemDb } from "#db/system";
import { sweepDirect } from "#queues/sweeps/direct";
import { databaseUrl } from "#test/support/scope";
import { directDesk } from "./support/direct.ts";
import { applyEvents } from "./support/events.ts";

test("it is sent once, however often its queue message is delivered, one after the other or all at once", async () => {
  const desk = await directDesk();
  const [one, two] = [await desk.request(), await desk.request()];
  for (let i = 0; i < 3; i++) await desk.deliver(one);
  await Promise.all(Array.from({ length: 5 }, () => desk.deliver(two)));
  expect(desk.taken).toEqual([(await desk.standing(one)).messageId, (await desk.standing(two)).messageId]);
  expect(await desk.standing(one)).toMatchObject({ state: "accepted", tries: 1, finished: true });
  expect(await desk.standing(two)).toMatchObject({ state: "accepted", tries: 1 });
});

test("with keys, a crash between accept and record is healed by the same question once the lease is over", async () => {
  const desk = await directDesk({ answer: (call) => (call === 1 ? "crash" : undefined) });
  const id = await desk.request();
  await expect(desk.deliver(id)).rejects.toThrow("killed");
  // Redelivered at once: whoever holds the claim may still be alive.
  await desk.deliver(id);
  expect(await desk.standing(id)).toMatchObject({ state: "sending", finished: false });
  desk.clock.aheadMs = desk.settings.leaseMs + 2_000;
  await desk.deliver(id);
  expect(await desk.standing(id)).toMatchObject({ state: "accepted", finished: true });
  expect(desk.taken).toHaveLength(1);
  expect(new Set(desk.keys).size).toBe(1);
});

test("without keys, what may have left is in doubt, a report settles it, and nothing is said twice", async () => {
  const desk = await directDesk({ idempotent: false, answer: (call) => (call === 1 ? "crash" : undefined) });
  const id = await desk.request();
  await expect(desk.deliver(id)).rejects.toThrow("killed");
  desk.clock.aheadMs = desk.settings.leaseMs + 2_000;
  await desk.deliver(id);
  const doubt = await desk.standing(id);
  expect(doubt).toMatchObject({ state: "unknown", finished: false });
  await applyEvents(desk.scope, [doubt], "delivered");
  await desk.deliver(id);
  expect(await desk.standing(id)).toMatchObject({ state: "delivered", finished: true });
  expect(desk.taken).toHaveLength(1);
});

test("in doubt, silence amid reports on its neighbours sends it again; silence alone does not", async () => {
  let calls = 0;
  const lost = { kind: "settled", outcomes: [{ kind: "unknown", reason: "no answer" }] } as const;
  const desk = await directDesk({ idempotent: false, answer: () => (++calls === 1 ? lost : undefined) });
  const [id, neighbour] = [await desk.request(), await desk.request()];
  await desk.deliver(id);
  await desk.deliver(neighbour);
  expect(await desk.standing(id)).toMatchObject({ state: "unknown", finished: false });
  desk.clock.aheadMs = desk.settings.evidenceWindowMs + 2_000;
  await desk.deliver(id);
  expect(await desk.standing(id)).toMatchObject({ state: "unknown" });
  await applyEvents(desk.scope, [await desk.standing(neighbour)], "delivered");
  await desk.deliver(id);
  expect(await desk.standing(id)).toMatchObject({ state: "accepted", finished: true });
});

test("where nobody reports, what is in doubt stays so for a person, and nothing looks at it any more", async () => {
  const lost = { kind: "settled", outcomes: [{ kind: "unknown", reason: "no answer" }] } as const;
  const desk = await directDesk({ idempotent: false, evidence: false, answer: () => lost });
  const id = await desk.request();
  await desk.deliver(id);
  expect(await desk.standing(id)).toMatchObject({ state: "unknown", finished: true });
});

test("a message deferred by the far end comes back at the moment it was given, and is sent then", async () => {
  const later = {
    kind: "settled",
    outcomes: [{ kind: "deferred", reason: "450 later", retryAfterMs: 20_000 }],
  } as const;
  const desk = await directDesk({ answer: (call) => (call === 1 ? later : undefined) });
  const id = await desk.request();
  await desk.deliver(id);
  expect(await desk.standing(id)).toMatchObject({ state: "queued", reason: "450 later", finished: false });
  expect(desk.queue.map((m) => m.body.id)).toEqual([id]);
  expect(desk.queue[0]?.delaySeconds).toBeGreaterThan(17);
  // Too early: held back by the queue once more, not sent.
  expect(await desk.deliver(id)).toMatchObject({ do: "retry" });
  expect(desk.taken).toEqual([]);
  desk.clock.aheadMs = 21_000;
  await desk.deliver(id);
  expect(await desk.standing(id)).toMatchObject({ state: "accepted", reason: "", finished: true });
});

test("a refused account makes it wait with the provider's words, for a day at most; waiting messages do not multiply", async () => {
  const refusal = { kind: "rejected", reason: "key revoked" } as const;
  const desk = await directDesk({ answer: () => ({ kind: "refused", refusal }) });
  const id = await desk.request();
  await Promise.all([desk.deliver(id), desk.deliver(id), desk.deliver(id)]);
  await desk.deliver(id);
  expect(await desk.standing(id)).toMatchObject({ state: "queued", reason: "key revoked", tries: 0 });
  expect(desk.queue).toHaveLength(1);
  desk.clock.aheadMs = 25 * 3_600_000;
  await desk.deliver(id);
  expect(await desk.standing(id)).toMatchObject({ state: "failed", finished: true });
});

test("waiting for its turn ends after a day: a password that late helps nobody", async () => {
  const desk = await directDesk();
  const id = await desk.request();
  desk.line.waitMs = 60_000;
  await desk.deliver(id);
  expect(await desk.standing(id)).toMatchObject({ state: "queued", reason: "waits for its turn" });
  desk.clock.aheadMs = 24 * 3_600_000 - 1_000;
  await desk.deliver(id);
  expect(await desk.standing(id)).toMatchObject({ state: "queued", finished: false });
  // Its turn has come, and it is too late for it.
  desk.line.waitMs = 0;
  desk.clock.aheadMs = 24 * 3_600_000 + 120_000;
  await desk.deliver(id);
  expect(await desk.standing(id)).toMatchObject({
    state: "failed",
    reason: "It could not leave for a day: waits for its turn",
    finished: true,
  });
  expect(desk.taken).toEqual([]);
});

test("whose attachments are gone is given up with the reason: failed, or in doubt where it may have left", async () => {
  const desk = await directDesk({ answer: (call) => (call === 1 ? "crash" : undefined) });
  const [claimed, queued] = [await desk.request(), await desk.request({ attachmentsKey: "gone" })];
  await expect(desk.deliver(claimed)).rejects.toThrow("killed");
  await desk.scope.update(directSends, { attachmentsKey: "gone" }, eq(directSends.id, claimed));
  desk.clock.aheadMs = desk.settings.leaseMs + 2_000;
  const reason = "Its attachments are no longer in storage.";
  await desk.deliver(queued);
  expect(await desk.standing(queued)).toMatchObject({ state: "failed", reason, finished: true });
  await desk.deliver(claimed);
  expect(await desk.standing(claimed)).toMatchObject({ state: "unknown", reason, finished: true });
});

test("who is suppressed between the request and its hour gets nothing", async () => {
  const desk = await directDesk();
  const address = `gone-${crypto.randomUUID()}@people.example`;
  const id = await desk.request({ address });
  await suppress(desk.scope, {
    channel: "email",
    address,
    reason: "bounced",
    detail: "",
    createdAt: new Date(),
  });
  await desk.deliver(id);
  expect(await desk.standing(id)).toMatchObject({ state: "skipped", reason: "suppressed", finished: true });
  expect(desk.taken).toEqual([]);
});

test("the sweep finds what was lost, what was claimed by the dead and what is due from far ahead, and nothing else", async () => {
  const desk = await directDesk({ answer: (call) => (call === 1 ? "crash" : undefined) });
  const system = new SystemDb(openDb(databaseUrl()).crossTenant);
  const swept = async (aheadMs: number) => {
    desk.clock.aheadMs = aheadMs;
    desk.queue.length = 0;
    await sweepDirect({ ...desk.deps, system });
    return desk.queue.map((m) => m.body.id).filter((id) => own.includes(id));
  };
  const dead = await desk.request();
  await expect(desk.deliver(dead)).rejects.toThrow("killed");
  const [lost, done] = [await desk.request(), await desk.request()];
  await desk.deliver(done);
  const hour = 3_600_000;
  const near = await desk.request({ sendAt: new Date(Date.now() + hour) });
  const far = await desk.request({ sendAt: new Date(Date.now() + 13 * hour) });
  const own: string[] = [dead, lost, done, near, far];
  expect(await swept(0)).toEqual([]);
  expect(await swept(40_000)).toEqual([lost]);
  expect((await swept(desk.settings.leaseMs + 5_000)).sort()).toEqual([dead, lost].sort());
  // The queue holds what is due within twelve hours: that is the sweep's business only once it is overdue.
  expect(await swept(hour - 30_000)).not.toContain(near);
  expect(await swept(hour + 40_000)).toContain(near);
  expect(await swept(13 * hour - 30_000)).toContain(far);
  const ahead = desk.queue.find((m) => m.body.id === far);
  expect(ahead?.delaySeconds).toBeGreaterThan(20);
  expect(ahead?.delaySeconds).toBeLessThan(40);
});

test("thirty days after it was settled its content is emptied, and what is not settled keeps it", async () => {
  const desk = await directDesk();
  const system = new SystemDb(openDb(databaseUrl()).crossTenant);
  const [settled, waiting] = [await desk.request(), await desk.request()];
  await desk.deliver(settled);
  const kept = async (id: typeof settled) => {
    const send = (await getDirectSend(desk.scope, id))?.send;
    return [send?.hasContent, (send?.content.length ?? 0) > 0];
  };
  const settledAtMs = (await getDirectSend(desk.scope, settled))?.send.finishedAt?.getTime() ?? 0;
  const monthMs = 30 * 86_400_000;
  await system.dropExpired(new Date(settledAtMs + monthMs));
  expect(await kept(settled)).toEqual([1, true]);
  await system.dropExpired(new Date(settledAtMs + monthMs + 1));
  expect(await kept(settled)).toEqual([0, false]);
  expect(await kept(waiting)).toEqual([1, true]);
  expect(await desk.standing(settled)).toMatchObject({ state: "accepted", finished: true });
});
