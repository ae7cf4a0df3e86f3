/** Calls that nobody answers: how few people end in doubt, and that the provider counts as away. */
import { expect, test } from "vitest";
import type { BatchResult } from "#domain/sending/provider";
import { defaultSendSettings } from "#domain/sending/settings";
import { deliver } from "#queues/sending/deliver";
import { leftToDo } from "#queues/sending/left-to-do";
import { intoNothing, nothingMet } from "#queues/sending/met";
import { recover } from "#queues/sending/recover";
import {
  claimAll,
  fakeProvider,
  frozenPeople,
  jobFor,
  newAttempt,
  rangeOf,
  statesOf,
} from "./support/run.ts";

const silence = (people: number): BatchResult => ({
  kind: "settled",
  outcomes: Array.from({ length: people }, () => ({ kind: "unknown", reason: "no answer" })),
});

test("after a call that nobody answered no other follows: the rest goes back into the queue, the try does not count", async () => {
  const { scope, runId, people } = await frozenPeople(25);
  const far = fakeProvider({ idempotent: false }, () => silence(10));
  const job = { ...jobFor(scope, rangeOf(runId, people), far.provider), met: nothingMet() };
  const attempt = newAttempt();
  await deliver(job, attempt, await claimAll(job, attempt), []);
  expect(await statesOf(scope, runId)).toEqual({ unknown: 10, queued: 15 });
  expect(far.keys).toHaveLength(1);
  expect(intoNothing(job.met)?.kind).toBe("unavailable");
  expect((await claimAll(job, newAttempt())).map((letter) => letter.tries)).toEqual(Array(15).fill(1));
});

test("a provider that answered one of the calls is not away", async () => {
  const { scope, runId, people } = await frozenPeople(25);
  const far = fakeProvider({ idempotent: false }, (call) => (call === 2 ? silence(10) : undefined));
  const job = { ...jobFor(scope, rangeOf(runId, people), far.provider), met: nothingMet() };
  const attempt = newAttempt();
  await deliver(job, attempt, await claimAll(job, attempt), []);
  expect(await statesOf(scope, runId)).toEqual({ accepted: 10, unknown: 10, queued: 5 });
  expect(intoNothing(job.met)).toBeNull();
});

test("with keys, calls into nothing say the same, and what is asked of another connection says nothing of this one", async () => {
  const { scope, runId, people } = await frozenPeople(5);
  const range = rangeOf(runId, people);
  const far = fakeProvider({ idempotent: true }, () => silence(5));
  const job = { ...jobFor(scope, range, far.provider), met: nothingMet() };
  const attempt = newAttempt();
  await deliver(job, attempt, await claimAll(job, attempt), []);
  expect(await statesOf(scope, runId)).toEqual({ sending: 5 });
  expect(intoNothing(job.met)?.kind).toBe("unavailable");

  const later = () => Date.now() + defaultSendSettings.leaseMs + 1_000;
  const healing = jobFor(scope, range, far.provider, later);
  const beside = { ...healing, connectionId: "cxn_other" as never, met: nothingMet() };
  await recover(beside);
  expect(far.keys).toHaveLength(2);
  expect(intoNothing(beside.met)).toBeNull();
  // Nor is it asked again at once, and again, for as long as it is away.
  expect((await leftToDo(beside)).dueAtMs).toBeGreaterThan(later() + 1_000);
});
