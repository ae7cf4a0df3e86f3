/** Heals what dead attempts left behind: asks again where that is safe, waits for evidence where it is not. */
import { type ClaimedRow, claimedRows, release } from "#db/repos/ledger";
import { hasEvidence, requeueUnknown, unknownRows } from "#db/repos/ledger-books";
import { dropBatches, loadBatches } from "#db/repos/send-batches";
import type { ContactId } from "#domain/ids";
import type { ChunkJob } from "./chunk-job.ts";
import { call, type Settled, settle, write } from "./deliver.ts";
import { type Letter, unpackLetters } from "./inputs.ts";

/** Providers keep idempotency keys for 24 hours (Resend); an hour is left for clocks and queues. */
const keyLifeMs = 23 * 3_600_000;
const evidenceSlackMs = 5 * 60_000;

export async function recover(job: ChunkJob): Promise<void> {
  const staleBefore = job.deps.now() - job.settings.leaseMs;
  const byAttempt = new Map<string, { attemptId: Uint8Array; rows: ClaimedRow[] }>();
  for (const row of await claimedRows(job.scope, job.range)) {
    if (!row.attemptId || !row.claimedAt || row.claimedAt.getTime() > staleBefore) continue;
    const key = row.attemptId.join();
    const group = byAttempt.get(key) ?? { attemptId: row.attemptId, rows: [] };
    group.rows.push(row);
    byAttempt.set(key, group);
  }
  for (const { attemptId, rows } of byAttempt.values()) await healAttempt(job, attemptId, rows);
  await judgeUnknown(job);
}

async function healAttempt(job: ChunkJob, attemptId: Uint8Array, rows: readonly ClaimedRow[]): Promise<void> {
  const { scope, range, deps, provider } = job;
  const left = new Map(rows.map((row) => [row.contactId, row]));
  let open = 0;
  for (const batch of await loadBatches(scope, range.runId, attemptId)) {
    const letters = await unpackLetters(batch.inputs);
    const unsettled = letters.filter((letter) => left.delete(letter.contactId));
    if (unsettled.length === 0) continue;
    if (deps.now() >= job.deadlineMs || job.refusal) {
      open += unsettled.length;
      continue;
    }
    const storedMs = batch.createdAt.getTime();
    // A key means something to the account it was first given to, and only for its life.
    const askAgain =
      provider.traits.idempotent && storedMs > deps.now() - keyLifeMs && storedMs > job.accountSinceMs;
    const settled = askAgain
      ? healed(
          job,
          unsettled,
          letters,
          settle(job, letters, await call(job, attemptId, batch.position, letters), true),
        )
      : lost(job, unsettled);
    open += settled.open.length;
    await write(job, attemptId, settled);
  }
  await settleUnannounced(job, attemptId, [...left.values()]);
  if (open === 0) await dropBatches(scope, range.runId, attemptId);
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
  return settle(job, unsettled, { kind: "settled", outcomes }, false);
}

/** Where the provider reports by webhook, silence about one message amid reports about its neighbours is evidence. */
async function judgeUnknown(job: ChunkJob): Promise<void> {
  if (job.provider.traits.evidence === "none") return;
  const { scope, range, deps, settings } = job;
  const rows = await unknownRows(scope, range, new Date(deps.now() - settings.evidenceWindowMs));
  // Each attempt is judged by its own minutes: reports on messages of another hour say nothing about it.
  for (const [claimedMs, contactIds] of byClaim(rows)) {
    const from = new Date(claimedMs - evidenceSlackMs);
    const to = new Date(claimedMs + evidenceSlackMs);
    if (!(await hasEvidence(scope, range.runId, from, to))) continue;
    await requeueUnknown(scope, range.runId, contactIds);
    job.done.unknown -= contactIds.length;
  }
}

function byClaim(
  rows: readonly { contactId: ContactId; claimedAt: Date | null }[],
): Map<number, ContactId[]> {
  const groups = new Map<number, ContactId[]>();
  for (const { contactId, claimedAt } of rows) {
    if (!claimedAt) continue;
    const group = groups.get(claimedAt.getTime()) ?? [];
    group.push(contactId);
    groups.set(claimedAt.getTime(), group);
  }
  return groups;
}
