/** What crashes leave behind, and how it is healed: nobody twice, nobody never. */
import { expect, test } from "vitest";
import { moveAll, remaining } from "#db/repos/ledger-books";
import { ledgerRows } from "#db/repos/reports";
import { storeBatches } from "#db/repos/send-batches";
import { companyWasTaken } from "#domain/sending/evidence";
import { leftUnknown } from "#domain/sending/ledger";
import { defaultSendSettings } from "#domain/sending/settings";
import { deliver } from "#queues/sending/deliver";
import { packLetters } from "#queues/sending/inputs";
import { leftToDo } from "#queues/sending/left-to-do";
import { recover } from "#queues/sending/recover";
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

const { leaseMs, evidenceWindowMs } = defaultSendSettings;
const later = (ms: number) => () => Date.now() + ms;

test("a crash between accept and record is healed by the same question: one mail each", async () => {
  const { scope, runId, people } = await frozenPeople(25);
  const range = rangeOf(runId, people);
  const far = fakeProvider({ idempotent: true }, (call) => (call === 2 ? "crash" : undefined));
  const job = jobFor(scope, range, far.provider);
  const attempt = newAttempt();
  await expect(deliver(job, attempt, await claimAll(job, attempt), [])).rejects.toThrow("killed");
  expect(await statesOf(scope, runId)).toEqual({ sending: 25 });

  await recover(jobFor(scope, range, far.provider, later(leaseMs + 1_000)));
  expect(await statesOf(scope, runId)).toEqual({ accepted: 25 });
  expect(new Set(far.taken).size).toBe(25);
  expect(far.taken).toHaveLength(25);
});

test("an attempt whose lease still runs is left alone", async () => {
  const { scope, runId, people } = await frozenPeople(5);
  const range = rangeOf(runId, people);
  const far = fakeProvider({});
  const job = jobFor(scope, range, far.provider);
  await claimAll(job, newAttempt());
  await recover(jobFor(scope, range, far.provider, later(leaseMs - 5_000)));
  expect(await statesOf(scope, runId)).toEqual({ sending: 5 });
  expect(far.taken).toEqual([]);
});

test("rows claimed but never announced to the provider go back into the queue, and the try does not count", async () => {
  const { scope, runId, people } = await frozenPeople(5);
  const range = rangeOf(runId, people);
  const far = fakeProvider({ idempotent: false });
  const job = jobFor(scope, range, far.provider);
  await claimAll(job, newAttempt());
  await recover(jobFor(scope, range, far.provider, later(leaseMs + 1_000)));
  expect(await statesOf(scope, runId)).toEqual({ queued: 5 });
  const again = await claimAll(jobFor(scope, range, far.provider), newAttempt());
  expect(again.map((letter) => letter.tries)).toEqual([1, 1, 1, 1, 1]);
});

test("where nothing can be asked twice, only the batch under way is of unknown outcome", async () => {
  const { scope, runId, people } = await frozenPeople(25);
  const range = rangeOf(runId, people);
  const far = fakeProvider({ idempotent: false, evidence: "none" }, (call) =>
    call === 2 ? "crash" : undefined,
  );
  const job = jobFor(scope, range, far.provider);
  const attempt = newAttempt();
  await expect(deliver(job, attempt, await claimAll(job, attempt), [])).rejects.toThrow("killed");
  expect(await statesOf(scope, runId)).toEqual({ accepted: 10, sending: 15 });
  await recover(jobFor(scope, range, far.provider, later(leaseMs + 1_000)));
  expect(await statesOf(scope, runId)).toEqual({ accepted: 10, unknown: 10, queued: 5 });
  // However often somebody looks again, nothing is sent without a decision.
  await recover(jobFor(scope, range, far.provider, later(leaseMs + evidenceWindowMs * 3)));
  expect(await statesOf(scope, runId)).toEqual({ accepted: 10, unknown: 10, queued: 5 });
  expect(far.taken).toHaveLength(20);
});

/**
 * Twenty people in two batches of ten: the first was answered, at the second the sender died. Ten more, behind them,
 * left after that.
 */
async function diedAtSecondBatch(wasTaken: boolean) {
  const { scope, runId, people } = await frozenPeople(30);
  const range = rangeOf(runId, people.slice(0, 20));
  const far = fakeProvider({ idempotent: false, evidence: "webhook" }, (call) =>
    call === 2 ? "crash" : undefined,
  );
  const job = jobFor(scope, range, far.provider);
  const attempt = newAttempt();
  await expect(deliver(job, attempt, await claimAll(job, attempt), [])).rejects.toThrow("killed");
  if (!wasTaken) far.taken.splice(10);
  const behind = jobFor(scope, { ...rangeOf(runId, people), after: range.upTo }, far.provider);
  const next = newAttempt();
  await deliver(behind, next, await claimAll(behind, next), []);
  await recover(jobFor(scope, range, far.provider, later(leaseMs + 1_000)));
  expect(await statesOf(scope, runId)).toEqual({ accepted: 20, unknown: 10 });
  const afterWindow = jobFor(scope, range, far.provider, later(evidenceWindowMs + leaseMs));
  return { scope, runId, people, far, afterWindow };
}

test("silence about a whole call, amid reports on those that left after it, puts it back into the queue after the window", async () => {
  const { scope, runId, people, afterWindow } = await diedAtSecondBatch(false);
  await recover(afterWindow);
  expect(await statesOf(scope, runId)).toEqual({ accepted: 20, unknown: 10 });
  // Whoever left before was reported before the provider fell silent: nothing follows from that.
  await applyEvents(scope, people.slice(0, 10), "delivered");
  await recover(afterWindow);
  expect(await statesOf(scope, runId)).toEqual({ delivered: 10, accepted: 10, unknown: 10 });
  await applyEvents(scope, people.slice(20), "delivered");
  await recover(afterWindow);
  expect(await statesOf(scope, runId)).toEqual({ delivered: 20, queued: 10 });
});

test("one report on a call that never answered proves that it was taken: nobody in it is sent to again", async () => {
  const { scope, runId, people, afterWindow } = await diedAtSecondBatch(true);
  await applyEvents(scope, [...people.slice(0, 10), ...people.slice(20)], "delivered");
  await applyEvents(scope, people.slice(10, 11), "bounced");
  await recover(afterWindow);
  expect(await statesOf(scope, runId)).toEqual({ delivered: 20, bounced: 1, unknown: 9 });
  const rows = await ledgerRows(scope, runId, { limit: 30 });
  expect(rows.filter((r) => r.state === "unknown").map((r) => r.reason)).toEqual(
    Array(9).fill(companyWasTaken),
  );
  // Late reports still settle them.
  await applyEvents(scope, people.slice(11, 20), "delivered");
  await recover(afterWindow);
  expect(await statesOf(scope, runId)).toEqual({ delivered: 29, bounced: 1 });
});

test("while others that were certainly taken are silent too, reports are late and silence says nothing", async () => {
  const { scope, runId, people, afterWindow } = await diedAtSecondBatch(true);
  await applyEvents(scope, people.slice(20, 28), "delivered");
  await recover(afterWindow);
  expect(await statesOf(scope, runId)).toEqual({ delivered: 8, accepted: 12, unknown: 10 });
  // What is left is looked at again, and not at once.
  const { dueAtMs } = await leftToDo(afterWindow);
  expect(dueAtMs - afterWindow.deps.now()).toBeGreaterThan(evidenceWindowMs / 6);
  await applyEvents(scope, people.slice(28, 29), "delivered");
  await recover(afterWindow);
  expect(await statesOf(scope, runId)).toEqual({ delivered: 9, accepted: 11, queued: 10 });
});

test("a refusal met while healing proves nothing about the first call: the rows stay claimed", async () => {
  const { scope, runId, people } = await frozenPeople(5);
  const range = rangeOf(runId, people);
  const refused = { kind: "refused", refusal: { kind: "unavailable", reason: "503" } } as const;
  const far = fakeProvider({ idempotent: true }, () => refused);
  const job = jobFor(scope, range, far.provider);
  const attempt = newAttempt();
  const letters = await claimAll(job, attempt);
  await storeBatches(
    scope,
    runId,
    { id: attempt, connectionId },
    [{ position: 0, inputs: await packLetters(letters) }],
    new Date(),
  );
  await recover(jobFor(scope, range, far.provider, later(leaseMs + 1_000)));
  expect(await statesOf(scope, runId)).toEqual({ sending: 5 });
});

test("two attempts at once share no row", async () => {
  const { scope, runId, people } = await frozenPeople(40);
  const range = rangeOf(runId, people);
  const far = fakeProvider({});
  const attempts = await Promise.all(
    [1, 2, 3, 4].map(async () => {
      const job = jobFor(scope, range, far.provider);
      const attempt = newAttempt();
      await deliver(job, attempt, await claimAll(job, attempt), []);
      return job.done.accepted;
    }),
  );
  expect(attempts.reduce((a, b) => a + b)).toBe(40);
  expect(new Set(far.taken).size).toBe(40);
  expect(far.taken).toHaveLength(40);
  expect(await remaining(scope, range)).toEqual([]);
});

test("an attempt so old that its batches were swept away is of unknown outcome, not sent again", async () => {
  const { scope, runId, people } = await frozenPeople(3);
  const range = rangeOf(runId, people);
  const far = fakeProvider({ idempotent: true, evidence: "none" });
  await claimAll(jobFor(scope, range, far.provider), newAttempt());
  await recover(jobFor(scope, range, far.provider, later(26 * 3_600_000)));
  expect(await statesOf(scope, runId)).toEqual({ unknown: 3 });
});

test("a key that was given to another account is not asked about again", async () => {
  const { scope, runId, people } = await frozenPeople(5);
  const range = rangeOf(runId, people);
  const far = fakeProvider({ idempotent: true }, () => "crash");
  const job = jobFor(scope, range, far.provider);
  const attempt = newAttempt();
  await expect(deliver(job, attempt, await claimAll(job, attempt), [])).rejects.toThrow("killed");
  const same = {
    connectionId,
    provider: far.provider,
    accountSinceMs: Date.now() + 1_000,
    readAtMs: Date.now(),
  };
  const after = {
    ...jobFor(scope, range, far.provider, later(leaseMs + 1_000)),
    senderOf: async () => same,
  };
  await recover(after);
  expect(await statesOf(scope, runId)).toEqual({ unknown: 5 });
  expect(far.taken).toHaveLength(5);
});

test("what a person decided to leave no retry takes up", async () => {
  const { scope, runId, people } = await frozenPeople(4);
  const job = jobFor(scope, rangeOf(runId, people), fakeProvider({}, () => unclear(4)).provider);
  const once = {
    ...job,
    provider: { ...job.provider, traits: { ...job.provider.traits, idempotent: false } },
  };
  const attempt = newAttempt();
  await deliver(once, attempt, await claimAll(once, attempt), []);
  expect(await statesOf(scope, runId)).toEqual({ unknown: 4 });
  await moveAll(scope, runId, "unknown", { state: "failed", reason: leftUnknown, resetTries: false });
  expect(await moveAll(scope, runId, "failed", { state: "queued", reason: "", resetTries: true })).toBe(0);
  expect(await statesOf(scope, runId)).toEqual({ failed: 4 });
});

const unclear = (count: number) => ({
  kind: "settled" as const,
  outcomes: Array.from({ length: count }, () => ({ kind: "unknown" as const, reason: "no answer came" })),
});
