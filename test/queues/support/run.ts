/** A frozen run in the real ledger, and a provider whose answers a test decides. */

import { claim, claimedRows, freezeRows, type Range } from "#db/repos/ledger";
import { countByState, tallyOf } from "#db/repos/ledger-books";
import type { TenantDb } from "#db/scope";
import { type ContactId, idToBytes, type MessageId, type RunId } from "#domain/ids";
import { ok } from "#domain/result";
import type { BatchResult, EmailProvider, OutgoingEmail, ProviderTraits } from "#domain/sending/provider";
import { defaultSendSettings } from "#domain/sending/settings";
import type { ChunkJob } from "#queues/sending/chunk-job";
import type { Letter } from "#queues/sending/inputs";
import type { Writer } from "#queues/sending/writer";
import { newId, newScope } from "#test/support/scope";

export type Person = {
  readonly contactId: ContactId;
  readonly messageId: MessageId;
  readonly address: string;
};

export async function frozenPeople(
  count: number,
): Promise<{ scope: TenantDb; runId: RunId; people: Person[] }> {
  const scope = newScope();
  const runId = newId("run");
  const people = Array.from({ length: count }, (_, i) => ({
    contactId: newId("ctc"),
    messageId: newId("msg"),
    address: `p${i}@people.example`,
  })).sort((a, b) => (a.contactId < b.contactId ? -1 : 1));
  await freezeRows(
    scope,
    runId,
    people.map((p) => ({ ...p, skip: null })),
  );
  return { scope, runId, people };
}

export const letterOf = (person: Person, tries = 1): Letter => ({
  ...person,
  tries,
  inputs: { values: {}, fields: {} },
});
export const newAttempt = () => idToBytes(newId("evt"));
export const rangeOf = (runId: RunId, people: readonly Person[]): Range => ({
  runId,
  after: null,
  upTo: people.at(-1)?.contactId ?? newId("ctc"),
});
export const statesOf = async (scope: TenantDb, runId: RunId) => {
  const tally = tallyOf(await countByState(scope, runId));
  return Object.fromEntries(Object.entries(tally).filter(([, count]) => count > 0));
};

export async function claimAll(job: ChunkJob, attemptId: Uint8Array, now = new Date()): Promise<Letter[]> {
  await claim(job.scope, job.range, { id: attemptId, connectionId: job.connectionId }, now);
  const rows = await claimedRows(job.scope, job.range);
  return rows
    .filter((row) => row.attemptId?.join() === attemptId.join())
    .map((row) => ({
      contactId: row.contactId,
      messageId: row.messageId,
      address: row.address,
      tries: row.tries,
      inputs: { values: {}, fields: {} },
    }));
}

/** A provider with a log and, where it is said to be idempotent, a memory for keys. `answer` may interfere. */
export function fakeProvider(
  traits: Partial<ProviderTraits>,
  answer?: (calls: number) => BatchResult | "crash" | undefined,
) {
  const taken: MessageId[] = [];
  const keys: string[] = [];
  const known = new Map<string, BatchResult>();
  const all: ProviderTraits = {
    maxBatch: 10,
    idempotent: true,
    evidence: "webhook",
    defaultRatePerSecond: 100,
    ...traits,
  };
  const provider: EmailProvider = {
    kind: "sandbox",
    traits: all,
    verify: async () => ({ ok: true }),
    async send(batch: readonly OutgoingEmail[], options) {
      keys.push(options.idempotencyKey);
      const stored = all.idempotent ? known.get(options.idempotencyKey) : undefined;
      if (stored) return stored;
      const planned = answer?.(keys.length);
      if (planned && planned !== "crash") return planned;
      taken.push(...batch.map((mail) => mail.messageId));
      const result: BatchResult = {
        kind: "settled",
        outcomes: batch.map((mail) => ({ kind: "accepted", providerMessageId: `far-${mail.messageId}` })),
      };
      known.set(options.idempotencyKey, result);
      // Taken, and the one who asked is gone before hearing of it.
      if (planned === "crash") throw new Error("killed");
      return result;
    },
  };
  return { provider, taken, keys };
}

/** By which connection the tests' attempts send. */
export const connectionId = newId("cxn");

const writer: Writer = {
  prepare: () => {
    throw new Error("not asked for here");
  },
  write: async (letter) =>
    ok({
      messageId: letter.messageId,
      from: { email: "a@shop.example" },
      to: { email: letter.address },
      subject: "s",
      html: "h",
      text: "t",
      headers: {},
    }),
};

export function jobFor(
  scope: TenantDb,
  range: Range,
  provider: EmailProvider,
  now: () => number = Date.now,
  settings = defaultSendSettings,
): ChunkJob {
  const own = { connectionId, provider, accountSinceMs: 0, readAtMs: now() };
  return {
    deps: { now } as ChunkJob["deps"],
    scope,
    range,
    ...own,
    senderOf: async (id) => (id === connectionId ? own : undefined),
    settings,
    deadlineMs: now() + 60_000,
    writer,
    done: { accepted: 0, failed: 0, skipped: 0, unknown: 0 },
    refusal: null,
    refusalsElsewhere: [],
  };
}
