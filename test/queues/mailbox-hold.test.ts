/** Claims sized to a grant, and rows of mailboxes that are slowed down: put back until later, the try not spent. */
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { attemptRows, claim } from "#db/repos/ledger";
import { remaining } from "#db/repos/ledger-books";
import { messages } from "#db/schema/ledger";
import { heldByMailbox } from "#queues/sending/mailbox-hold";
import { meet, nothingMet } from "#queues/sending/met";
import {
  connectionId,
  fakeProvider,
  frozenPeople,
  jobFor,
  newAttempt,
  rangeOf,
  statesOf,
} from "./support/run.ts";

async function claimed(gmail: number, others: number, limit?: number) {
  const { scope, runId, people } = await frozenPeople(gmail + others);
  for (const [i, person] of people.entries())
    if (i < gmail)
      await scope.update(messages, { address: `p${i}@gmail.com` }, eq(messages.id, person.messageId));
  const range = rangeOf(runId, people);
  const job = jobFor(scope, range, fakeProvider({}).provider);
  const attempt = newAttempt();
  await claim(scope, range, { id: attempt, connectionId }, new Date(), limit);
  return {
    scope,
    runId,
    range,
    job,
    attempt,
    people,
    rows: await attemptRows(scope, range, attempt, "email"),
  };
}

test("no more is claimed than was granted, from the front; the rest stays in the queue", async () => {
  const { scope, runId, rows, people } = await claimed(0, 30, 12);
  expect(rows.map((row) => row.contactId)).toEqual(people.slice(0, 12).map((p) => p.contactId));
  expect(await statesOf(scope, runId)).toEqual({ sending: 12, queued: 18 });
});

test("of a slowed group only its budget goes, the others wait in slots; everyone else goes", async () => {
  const { scope, runId, range, job, attempt, rows } = await claimed(25, 5);
  const startMs = Date.now();
  const held = await heldByMailbox(job, attempt, rows, { gmail: 10 });
  expect(held.size).toBe(15);
  expect(await statesOf(scope, runId)).toEqual({ sending: 15, queued: 15 });
  const waiting = (await remaining(scope, range)).filter((row) => row.state === "queued");
  expect(waiting.map((row) => row.count).sort((a, b) => a - b)).toEqual([5, 10]);
  const soonest = Math.min(...waiting.map((row) => row.dueAtMs));
  expect(soonest).toBeGreaterThanOrEqual(startMs + 9_000);
  expect(soonest).toBeLessThan(startMs + 20_000);
  // Later it is their first try still, and no policy's patience was spent on them.
  const again = newAttempt();
  await claim(scope, range, { id: again, connectionId }, new Date(startMs + 60_000));
  const later = await attemptRows(scope, range, again, "email");
  expect(later.map((row) => [row.tries, row.heldSince])).toEqual(later.map(() => [1, null]));
  expect(later).toHaveLength(15);
});

test("nothing is slowed down, nothing is written", async () => {
  const { scope, runId, job, attempt, rows } = await claimed(3, 2);
  expect((await heldByMailbox(job, attempt, rows, {})).size).toBe(0);
  expect(await statesOf(scope, runId)).toEqual({ sending: 5 });
});

test("what is learned is counted by mailbox: skipped people were never handed over, texts have no mailbox", () => {
  const met = nothingMet();
  const entry = (address: string, state: "accepted" | "queued" | "skipped" | "failed") => ({
    contactId: "ctc_x" as never,
    messageId: "msg_x" as never,
    address,
    state,
    reason: "",
    providerMessageId: null,
    notBefore: null,
  });
  meet(
    met,
    [
      entry("a@gmail.com", "accepted"),
      entry("b@gmail.com", "queued"),
      entry("c@hotmail.com", "failed"),
      entry("d@gmail.com", "skipped"),
      entry("+353871234567", "accepted"),
    ],
    2,
  );
  expect(met.used).toBe(6);
  expect(Object.fromEntries(met.groups)).toEqual({
    gmail: { sent: 1, deferred: 1 },
    outlook: { sent: 1, deferred: 0 },
  });
});
