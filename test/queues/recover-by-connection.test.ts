/** Attempts belong to the connection they were made with: another one can neither be asked about them nor speak for them. */
import { and, eq, inArray } from "drizzle-orm";
import { expect, test } from "vitest";
import { messages } from "#db/schema/ledger";
import type { TenantDb } from "#db/scope";
import type { ConnectionId } from "#domain/ids";
import type { EmailProvider } from "#domain/sending/provider";
import { defaultSendSettings } from "#domain/sending/settings";
import type { ChunkJob } from "#queues/sending/chunk-job";
import { deliver } from "#queues/sending/deliver";
import { leftToDo } from "#queues/sending/left-to-do";
import { recover } from "#queues/sending/recover";
import type { Sender } from "#queues/sending/senders";
import { newId } from "#test/support/scope";
import { applyEvents } from "./support/events.ts";
import {
  claimAll,
  fakeProvider,
  frozenPeople,
  jobFor,
  newAttempt,
  type Person,
  rangeOf,
  statesOf,
} from "./support/run.ts";

const { leaseMs, evidenceWindowMs } = defaultSendSettings;
const later = (ms: number) => () => Date.now() + ms;
const senderOf = (provider: EmailProvider, accountSinceMs = 0): Sender => ({
  connectionId: newId("cxn"),
  provider,
  accountSinceMs,
  readAtMs: Date.now(),
});

/** The job as it is once its chunk goes out by `by`, while `beside` are the workspace's other connections. */
function jobBy(job: ChunkJob, by: Sender, ...beside: Sender[]): ChunkJob {
  const all = [by, ...beside];
  return { ...job, ...by, senderOf: async (id) => all.find((one) => one.connectionId === id) };
}

/** `behind`: so many more people, whom nobody has claimed yet. */
async function killedMidway(traits: Parameters<typeof fakeProvider>[0], count = 5, behind = 0) {
  const { scope, runId, people: all } = await frozenPeople(count + behind);
  const people = all.slice(0, count);
  const range = rangeOf(runId, people);
  const dead = fakeProvider(traits, (call) => (call === 1 ? "crash" : undefined));
  const first = senderOf(dead.provider);
  const job = jobBy(jobFor(scope, range, dead.provider), first);
  const attempt = newAttempt();
  await expect(deliver(job, attempt, await claimAll(job, attempt), [])).rejects.toThrow("killed");
  const next = fakeProvider(traits);
  const healing = jobFor(scope, range, next.provider, later(leaseMs + 1_000));
  return { scope, runId, people, all, range, dead, first, next, second: senderOf(next.provider), healing };
}

test("the connection that was asked first is asked again, though the chunk goes out by another one now", async () => {
  const { scope, runId, dead, first, next, second, healing } = await killedMidway({ idempotent: true });
  await recover(jobBy(healing, second, first));
  expect(await statesOf(scope, runId)).toEqual({ accepted: 5 });
  expect(dead.taken).toHaveLength(5);
  expect(new Set(dead.keys).size).toBe(1);
  expect(next.taken).toEqual([]);
});

test("where the connection was removed nobody can be asked: unknown, and not sent by another one", async () => {
  const { scope, runId, next, second, healing } = await killedMidway({ idempotent: true });
  const job = jobBy(healing, second);
  await recover(job);
  expect(await statesOf(scope, runId)).toEqual({ unknown: 5 });
  expect(next.taken).toEqual([]);
  // Its reports cannot come any more: only a person can decide.
  expect(await leftToDo(job)).toEqual({ open: 0, dueAtMs: 0, due: 0 });
});

test("the first connection has other credentials since: unknown, whatever the second one can", async () => {
  const { scope, runId, first, second, healing } = await killedMidway({ idempotent: true });
  await recover(jobBy(healing, second, { ...first, accountSinceMs: Date.now() + 1_000 }));
  expect(await statesOf(scope, runId)).toEqual({ unknown: 5 });
});

test("what refuses while it is asked again is that connection alone", async () => {
  const { scope, runId, first, second, healing } = await killedMidway({ idempotent: true });
  const refusal = { kind: "unavailable", reason: "503" } as const;
  const down = fakeProvider({ idempotent: true }, () => ({ kind: "refused", refusal }));
  const job = jobBy(healing, second, { ...first, provider: down.provider });
  await recover(job);
  expect(job.refusal).toBeNull();
  expect(job.refusalsElsewhere).toEqual([{ connectionId: first.connectionId, refusal }]);
  expect(await statesOf(scope, runId)).toEqual({ sending: 5 });
});

async function sentBy(scope: TenantDb, people: readonly Person[], connectionId: ConnectionId) {
  const ids = people.map((p) => p.messageId);
  await scope.update(messages, { connectionId, attemptId: newAttempt() }, inArray(messages.id, ids));
}

test("silence counts only against reports of the same connection from the same minutes", async () => {
  const { scope, runId, people, all, range, first, second } = await killedMidway(
    { idempotent: false, evidence: "webhook" },
    10,
    10,
  );
  await recover(jobBy(jobFor(scope, range, first.provider, later(leaseMs + 1_000)), second, first));
  expect(await statesOf(scope, runId)).toEqual({ unknown: 10, queued: 10 });
  // One of them was in an attempt of the second connection; the next chunk left by it too, and is reported.
  await sentBy(scope, people.slice(4, 5), second.connectionId);
  const leave = async (from: number, to: number, by: Sender) => {
    const behind = { ...rangeOf(runId, all.slice(0, to)), after: all[from - 1]?.contactId ?? null };
    const job = jobBy(jobFor(scope, behind, by.provider), by);
    const attempt = newAttempt();
    await deliver(job, attempt, await claimAll(job, attempt), []);
    await applyEvents(scope, all.slice(from, to), "delivered");
  };
  await leave(10, 14, second);

  const afterWindow = jobBy(
    jobFor(scope, range, first.provider, later(leaseMs + evidenceWindowMs)),
    second,
    first,
  );
  await recover(afterWindow);
  // The fifth of the second connection is refuted by its neighbours; nothing is known about the first connection.
  expect(await statesOf(scope, runId)).toEqual({ delivered: 4, queued: 7, unknown: 9 });

  await leave(14, 16, { ...first, provider: second.provider });
  await recover(afterWindow);
  expect(await statesOf(scope, runId)).toEqual({ delivered: 6, queued: 14 });
});

test("a connection that never reports leaves its doubts to a person, while another one's are waited for", async () => {
  const { scope, runId, people, range, first, second } = await killedMidway(
    { idempotent: false, evidence: "webhook" },
    10,
  );
  const mute = { ...first, provider: fakeProvider({ idempotent: false, evidence: "none" }).provider };
  const job = jobBy(jobFor(scope, range, first.provider, later(leaseMs + 1_000)), second, mute);
  await recover(job);
  await sentBy(scope, people.slice(0, 3), second.connectionId);
  expect(await statesOf(scope, runId)).toEqual({ unknown: 10 });
  expect((await leftToDo(job)).open).toBe(3);
});

test("every attempt is written down with its connection", async () => {
  const { scope, runId, first } = await killedMidway({ idempotent: false, evidence: "none" }, 12);
  const mine = and(eq(messages.sourceId, runId), eq(messages.connectionId, first.connectionId));
  expect(await scope.select(messages, mine)).toHaveLength(12);
});

test("a key stored after the account had changed, by a job that read the connection before, is of the old account", async () => {
  const traits = { idempotent: true };
  const { scope, runId, people } = await frozenPeople(2);
  const range = rangeOf(runId, people);
  const dead = fakeProvider(traits, (call) => (call === 1 ? "crash" : undefined));
  const readAtMs = Date.now() - 60_000;
  const before = { ...senderOf(dead.provider), readAtMs };
  const job = jobBy(jobFor(scope, range, dead.provider), before);
  const attempt = newAttempt();
  await expect(deliver(job, attempt, await claimAll(job, attempt), [])).rejects.toThrow("killed");
  // The credentials were changed between reading and storing.
  const next = fakeProvider(traits);
  const after = { ...before, provider: next.provider, accountSinceMs: readAtMs + 30_000 };
  await recover(jobBy(jobFor(scope, range, next.provider, later(leaseMs + 1_000)), after));
  expect(next.taken).toEqual([]);
  expect(await statesOf(scope, runId)).toEqual({ unknown: 2 });
});
