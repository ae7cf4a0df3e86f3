/** Heals what dead attempts left behind: asks again where that is safe, waits for evidence where it is not. */
import { type ClaimedRow, claimedRows, release } from "#db/repos/ledger";
import {
  explainUnknown,
  neighboursBehind,
  requeueUnknown,
  unknownRows,
  wasTakenUnanswered,
} from "#db/repos/ledger-evidence";
import { dropBatches, loadBatches } from "#db/repos/send-batches";
import type { ConnectionId, ContactId } from "#domain/ids";
import { companyWasTaken, silenceSpeaks } from "#domain/sending/evidence";
import type { ChunkJob } from "./chunk-job.ts";
import { call, type Settled, settle, write } from "./deliver.ts";
import { type Letter, unpackLetters } from "./inputs.ts";
import type { Sender } from "./senders.ts";

/** Providers keep idempotency keys for 24 hours (Resend); an hour is left for clocks and queues. */
const keyLifeMs = 23 * 3_600_000;
const evidenceSlackMs = 5 * 60_000;

export async function recover(job: ChunkJob): Promise<void> {
  const staleBefore = job.deps.now() - job.settings.leaseMs;
  const attempts = new Map<string, { attemptId: Uint8Array; rows: ClaimedRow[] }>();
  for (const row of await claimedRows(job.scope, job.range)) {
    if (!row.attemptId || !row.claimedAt || row.claimedAt.getTime() > staleBefore) continue;
    const key = row.attemptId.join();
    const group = attempts.get(key) ?? { attemptId: row.attemptId, rows: [] };
    group.rows.push(row);
    attempts.set(key, group);
  }
  for (const { attemptId, rows } of attempts.values()) await healAttempt(job, attemptId, rows);
  await judgeUnknown(job);
}

async function healAttempt(job: ChunkJob, attemptId: Uint8Array, rows: readonly ClaimedRow[]): Promise<void> {
  const { scope, range, deps } = job;
  const left = new Map(rows.map((row) => [row.contactId, row]));
  let open = 0;
  for (const batch of await loadBatches(scope, range.runId, attemptId)) {
    const letters = await unpackLetters(batch.inputs);
    const unsettled = letters.filter((letter) => left.delete(letter.contactId));
    if (unsettled.length === 0) continue;
    if (deps.now() >= job.deadlineMs || refusedBy(job, batch.connectionId)) {
      open += unsettled.length;
      continue;
    }
    const sender = await job.senderOf(batch.connectionId);
    const settled =
      sender && knowsKeyOf(sender, batch.createdAt.getTime(), deps.now())
        ? await askAgain(job, sender, attemptId, batch.position, letters, unsettled)
        : lost(job, unsettled);
    open += settled.open.length;
    await write(job, attemptId, settled);
  }
  await settleUnannounced(job, attemptId, [...left.values()]);
  if (open === 0) await dropBatches(scope, range.runId, attemptId);
}

/** A key means something to the account it was first given to, and only for its life. */
function knowsKeyOf({ provider, accountSinceMs }: Sender, storedMs: number, nowMs: number): boolean {
  return provider.traits.idempotent && storedMs > nowMs - keyLifeMs && storedMs > accountSinceMs;
}

function refusedBy(job: ChunkJob, connectionId: ConnectionId): boolean {
  if (connectionId === job.connectionId) return job.refusal !== null;
  return job.refusalsElsewhere.some((one) => one.connectionId === connectionId);
}

/** Asks the connection the batch went out by, whichever the chunk goes out by now. */
async function askAgain(
  job: ChunkJob,
  sender: Sender,
  attemptId: Uint8Array,
  position: number,
  letters: readonly Letter[],
  unsettled: readonly Letter[],
): Promise<Settled> {
  const isOwn = sender.connectionId === job.connectionId;
  // What another connection answers is no experience of this one.
  const { met, ...rest } = job;
  const asked: ChunkJob = { ...rest, ...sender, refusal: null, ...(isOwn && met ? { met } : {}) };
  const answer = await call(asked, attemptId, position, letters);
  const settled = healed(asked, unsettled, letters, settle(asked, answer, true));
  if (asked.refusal) {
    if (isOwn) job.refusal = asked.refusal;
    else job.refusalsElsewhere.push({ connectionId: sender.connectionId, refusal: asked.refusal });
  }
  return settled;
}

/** Claimed, and in no stored batch: the provider has never heard of them, unless the batch was swept away with age. */
async function settleUnannounced(
  job: ChunkJob,
  attemptId: Uint8Array,
  rows: readonly ClaimedRow[],
): Promise<void> {
  const isRecent = (row: ClaimedRow) => (row.claimedAt?.getTime() ?? 0) > job.deps.now() - keyLifeMs;
  const recent = rows.filter(isRecent);
  await release(
    job.scope,
    job.range.runId,
    attemptId,
    recent.map((row) => row.contactId),
  );
  const old = rows.filter((row) => !isRecent(row));
  if (old.length > 0) await write(job, attemptId, lost(job, old.map(letterOf)));
}

const letterOf = ({ contactId, messageId, address, tries }: ClaimedRow): Letter => ({
  contactId,
  messageId,
  address,
  tries,
  inputs: { values: {}, fields: {} },
});

/** The whole batch was asked about, as the key demands; only what was not yet settled is recorded. */
function healed(
  job: ChunkJob,
  unsettled: readonly Letter[],
  letters: readonly Letter[],
  settled: Settled,
): Settled {
  const wanted = new Set(unsettled.map((letter) => letter.contactId));
  // Refused now says nothing of then: the first call may have been taken. They stay claimed and are asked about again.
  if (job.refusal) return { entries: [], untaken: [], open: letters.filter((l) => wanted.has(l.contactId)) };
  return {
    entries: settled.entries.filter((entry) => wanted.has(entry.contactId)),
    untaken: [],
    open: settled.open.filter((letter) => wanted.has(letter.contactId)),
  };
}

function lost(job: ChunkJob, unsettled: readonly Letter[]): Settled {
  const reason = "the attempt ended after the request may have left";
  const outcomes = unsettled.map(() => ({ kind: "unknown" as const, reason }));
  const answer = { written: unsettled, unwritable: [], result: { kind: "settled", outcomes } } as const;
  return settle(job, answer, false);
}

/**
 * Where the provider reports by webhook, silence about a message is evidence against it, if two things are so: nothing of
 * its own attempt was reported that had no answer (calls are taken whole), and silence is rare among the neighbours,
 * messages that left by the same connection in the minutes after. Whoever left before says nothing: a provider that broke down
 * over this call had reported them long ago. The last of a run have no such neighbours and wait for a person.
 */
async function judgeUnknown(job: ChunkJob): Promise<void> {
  const { scope, range, deps, settings } = job;
  const rows = await unknownRows(scope, range, new Date(deps.now() - settings.evidenceWindowMs));
  for (const { connectionId, attemptId, claimedMs, contactIds } of byAttempt(rows)) {
    if ((await job.senderOf(connectionId))?.provider.traits.evidence !== "webhook") continue;
    if (await wasTakenUnanswered(scope, range, attemptId)) {
      await explainUnknown(scope, range.runId, contactIds, companyWasTaken);
      continue;
    }
    const from = new Date(claimedMs);
    const to = new Date(claimedMs + evidenceSlackMs);
    const neighbours = job.neighbours
      ? await job.neighbours(connectionId, from, to)
      : await neighboursBehind(scope, range, connectionId, from, to);
    if (!silenceSpeaks(neighbours)) continue;
    await requeueUnknown(scope, range.runId, contactIds);
    job.done.unknown -= contactIds.length;
  }
}

type Unknown = Awaited<ReturnType<typeof unknownRows>>[number];
type Attempt = {
  readonly connectionId: ConnectionId;
  readonly attemptId: Uint8Array;
  readonly claimedMs: number;
  readonly contactIds: ContactId[];
};

function byAttempt(rows: readonly Unknown[]): Attempt[] {
  const attempts = new Map<string, Attempt>();
  for (const { contactId, connectionId, attemptId, claimedAt } of rows) {
    if (!claimedAt || !connectionId || !attemptId) continue;
    const key = attemptId.join();
    const attempt = attempts.get(key) ?? {
      connectionId,
      attemptId,
      claimedMs: claimedAt.getTime(),
      contactIds: [],
    };
    attempt.contactIds.push(contactId);
    attempts.set(key, attempt);
  }
  return [...attempts.values()];
}
