/** Heals what dead attempts left behind: asks again where that is safe, waits for evidence where it is not. */
import { type ClaimedRow, claimedRows, release } from "#db/repos/ledger";
import { hasEvidence, requeueUnknown, unknownRows } from "#db/repos/ledger-books";
import { dropBatches, loadBatches } from "#db/repos/send-batches";
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
    const askAgain = provider.traits.idempotent && batch.createdAt.getTime() > deps.now() - keyLifeMs;
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
  // Claimed, and in no batch that was ever announced: the provider has never heard of them.
  await release(scope, range.runId, attemptId, [...left.keys()]);
  if (open === 0) await dropBatches(scope, range.runId, attemptId);
}

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
  const claimedMs = rows.flatMap((row) => (row.claimedAt ? [row.claimedAt.getTime()] : []));
  if (claimedMs.length === 0) return;
  const from = new Date(Math.min(...claimedMs) - evidenceSlackMs);
  const to = new Date(Math.max(...claimedMs) + evidenceSlackMs);
  if (!(await hasEvidence(scope, range.runId, from, to))) return;
  await requeueUnknown(
    scope,
    range.runId,
    rows.map((row) => row.contactId),
  );
  job.done.unknown -= rows.length;
}
