/** Handing letters over: what each answer of a provider does to the ledger. */
import { expect, test } from "vitest";
import { claim } from "#db/repos/ledger";
import { ledgerRows } from "#db/repos/reports";
import { defaultSendSettings } from "#domain/sending/settings";
import { deliver } from "#queues/sending/deliver";
import { applyEvents } from "./support/events.ts";
import {
  claimAll,
  connectionId,
  fakeProvider,
  frozenPeople,
  jobFor,
  newAttempt,
  rangeOf,
  statesOf,
} from "./support/run.ts";

test("everyone is handed over once, in the provider's largest batches", async () => {
  const { scope, runId, people } = await frozenPeople(25);
  const far = fakeProvider({ maxBatch: 10 });
  const job = jobFor(scope, rangeOf(runId, people), far.provider);
  const attempt = newAttempt();
  await deliver(job, attempt, await claimAll(job, attempt), []);
  expect(far.keys).toHaveLength(3);
  expect(new Set(far.keys).size).toBe(3);
  expect(await statesOf(scope, runId)).toEqual({ accepted: 25 });
  const rows = await ledgerRows(scope, runId, { limit: 100 });
  expect(rows.map((r) => r.providerMessageId)).toEqual(people.map((p) => `far-${p.messageId}`));
});

test("one refused recipient holds nobody back, a deferred one waits its turn", async () => {
  const { scope, runId, people } = await frozenPeople(3);
  const far = fakeProvider({}, () => ({
    kind: "settled",
    outcomes: [
      { kind: "accepted", providerMessageId: "x" },
      { kind: "failed", reason: "no such mailbox" },
      { kind: "deferred", reason: "greylisted", retryAfterMs: 60_000 },
    ],
  }));
  const job = jobFor(scope, rangeOf(runId, people), far.provider);
  const attempt = newAttempt();
  await deliver(job, attempt, await claimAll(job, attempt), []);
  expect(await statesOf(scope, runId)).toEqual({ accepted: 1, failed: 1, queued: 1 });
  const rows = await ledgerRows(scope, runId, { limit: 10 });
  expect(rows[1]?.reason).toBe("no such mailbox");
  // Not due yet: nobody claims it.
  expect(await claimAll(job, newAttempt())).toEqual([]);
  await claim(scope, job.range, { id: newAttempt(), connectionId }, new Date(Date.now() + 61_000));
  expect(await statesOf(scope, runId)).toEqual({ accepted: 1, failed: 1, sending: 1 });
});

test("deferred for the last time is failed, with the reason", async () => {
  const { scope, runId, people } = await frozenPeople(1);
  const far = fakeProvider({}, () => ({ kind: "settled", outcomes: [{ kind: "deferred", reason: "busy" }] }));
  const job = jobFor(scope, rangeOf(runId, people), far.provider, Date.now, {
    ...defaultSendSettings,
    maxTries: 1,
  });
  const attempt = newAttempt();
  await deliver(job, attempt, await claimAll(job, attempt), []);
  const [row] = await ledgerRows(scope, runId, { limit: 1 });
  expect(row).toMatchObject({ state: "failed", reason: "gave up after 1 tries: busy" });
});

test("whoever's turn never came in a call is due at once, and no try is spent on them", async () => {
  const { scope, runId, people } = await frozenPeople(2);
  const far = fakeProvider({}, () => ({
    kind: "settled",
    outcomes: [
      { kind: "accepted", providerMessageId: "x" },
      { kind: "deferred", reason: "the connection ended", untried: true },
    ],
  }));
  const job = jobFor(scope, rangeOf(runId, people), far.provider, Date.now, {
    ...defaultSendSettings,
    maxTries: 1,
  });
  const attempt = newAttempt();
  await deliver(job, attempt, await claimAll(job, attempt), []);
  expect(await statesOf(scope, runId)).toEqual({ accepted: 1, queued: 1 });
  expect(await claimAll(job, newAttempt())).toMatchObject([{ contactId: people[1]?.contactId, tries: 1 }]);
});

test("when the whole connection refuses, nobody is lost and no try is spent", async () => {
  const { scope, runId, people } = await frozenPeople(25);
  const refusal = { kind: "rate_limited", retryAfterMs: 3_000, reason: "429" } as const;
  const far = fakeProvider({ idempotent: false }, () => ({ kind: "refused", refusal }));
  const job = jobFor(scope, rangeOf(runId, people), far.provider);
  const attempt = newAttempt();
  await deliver(job, attempt, await claimAll(job, attempt), []);
  expect(job.refusal).toEqual(refusal);
  expect(await statesOf(scope, runId)).toEqual({ queued: 25 });
  expect(far.keys).toHaveLength(1);
  expect((await claimAll(job, newAttempt())).every((letter) => letter.tries === 1)).toBe(true);
});

test("past its deadline an attempt sends nothing more", async () => {
  const { scope, runId, people } = await frozenPeople(5);
  const far = fakeProvider({});
  const job = { ...jobFor(scope, rangeOf(runId, people), far.provider), deadlineMs: Date.now() - 1 };
  const attempt = newAttempt();
  await deliver(job, attempt, await claimAll(job, attempt), []);
  expect(far.taken).toEqual([]);
  expect(await statesOf(scope, runId)).toEqual({ queued: 5 });
});

test("a report that comes before the answer keeps its place, and the answer's id is kept with it", async () => {
  const { scope, runId, people } = await frozenPeople(2);
  const far = fakeProvider({});
  const job = jobFor(scope, rangeOf(runId, people), far.provider);
  const attempt = newAttempt();
  const letters = await claimAll(job, attempt);
  await applyEvents(scope, people.slice(0, 1), "bounced");
  await deliver(job, attempt, letters, []);
  expect(await statesOf(scope, runId)).toEqual({ bounced: 1, accepted: 1 });
  const rows = await ledgerRows(scope, runId, { limit: 2 });
  expect(rows[0]?.providerMessageId).toBe(`far-${people[0]?.messageId}`);
});

test.each([true, false])(
  "letters that are large go in smaller calls, nobody left out (keys: %s)",
  async (idempotent) => {
    const { scope, runId, people } = await frozenPeople(7);
    const far = fakeProvider({ maxBatch: 100, idempotent });
    const plain = jobFor(scope, rangeOf(runId, people), far.provider);
    const job = { ...plain, writer: { ...plain.writer, letterBytes: 12_000_000 } };
    const attempt = newAttempt();
    await deliver(job, attempt, await claimAll(job, attempt), []);
    expect(far.keys).toHaveLength(4);
    expect(await statesOf(scope, runId)).toEqual({ accepted: 7 });
  },
);
