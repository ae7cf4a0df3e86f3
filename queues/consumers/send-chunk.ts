/** Sends one chunk of a run: claim, look again, write, hand over, record, report. Twice equals once. */
import { claim, claimedRows, type Recorded } from "#db/repos/ledger";
import { remaining } from "#db/repos/ledger-books";
import { runState } from "#db/repos/runs";
import { idToBytes } from "#domain/ids";
import { reasonToSkip } from "#domain/sending/eligibility";
import { sendDeadlineMs, sendSettingsFrom } from "#domain/sending/settings";
import type { Deps } from "../deps.ts";
import { coordinatorOf } from "../live.ts";
import type { SendChunk } from "../messages.ts";
import { loadConnection, openProvider } from "../providers/index.ts";
import { limiterOf } from "../providers/limiter.ts";
import type { ChunkJob } from "../sending/chunk-job.ts";
import { deliver } from "../sending/deliver.ts";
import { frozenRun } from "../sending/frozen-run.ts";
import type { Letter } from "../sending/inputs.ts";
import { recover } from "../sending/recover.ts";
import { refusalDelayMs } from "../sending/refusal.ts";
import { writerFor } from "../sending/writer.ts";
import { ack, type Verdict } from "../verdict.ts";

export async function sendChunk(deps: Deps, message: SendChunk): Promise<Verdict> {
  const { tenantId, runId, connectionId, campaignId } = message;
  const scope = deps.scope(tenantId);
  const settings = sendSettingsFrom(deps.env.SEND_SETTINGS);
  const startedMs = deps.now();
  const [standing, frozen, connection] = await Promise.all([
    runState(scope, runId),
    frozenRun(deps, tenantId, runId),
    loadConnection(deps, tenantId, connectionId),
  ]);
  if (!standing || !frozen) return ack;
  if (!connection) {
    const refusal = { kind: "rejected", reason: "The connection of this campaign was removed." } as const;
    const nothing = { accepted: 0, failed: 0, skipped: 0, unknown: 0 };
    const { chunk, attempt } = message;
    const report = { chunk, attempt, ...nothing, open: 1, dueAtMs: deps.now(), refusal };
    await coordinatorOf(deps, tenantId, runId).report({ tenantId, campaignId, runId, connectionId }, report);
    return ack;
  }
  const job: ChunkJob = {
    deps,
    scope,
    settings,
    range: { runId, after: message.after, upTo: message.upTo },
    connectionId,
    provider: openProvider(deps, connection),
    accountSinceMs: connection.changedAtMs ?? 0,
    deadlineMs: startedMs + sendDeadlineMs(settings),
    writer: await writerFor(deps, tenantId, frozen),
    done: { accepted: 0, failed: 0, skipped: 0, unknown: 0 },
    refusal: null,
  };
  // A first attempt has no predecessor to heal.
  if (message.attempt > 1) await recover(job);
  if (standing.state === "sending" && !job.refusal) await sendClaimed(job);

  if (job.refusal) await limiterOf(deps, tenantId, connectionId).penalize(refusalDelayMs(job.refusal));
  const left = await leftToDo(job);
  const identity = { tenantId, campaignId, runId, connectionId };
  await coordinatorOf(deps, tenantId, runId).report(identity, {
    chunk: message.chunk,
    attempt: message.attempt,
    ...job.done,
    ...left,
    refusal: job.refusal,
  });
  deps.log("chunk.sent", {
    run: runId,
    chunk: message.chunk,
    ...job.done,
    open: left.open,
    ms: deps.now() - startedMs,
  });
  return ack;
}

async function sendClaimed(job: ChunkJob): Promise<void> {
  const { deps, scope, range } = job;
  const attemptId = idToBytes(deps.newId("evt"));
  await claim(scope, range, { id: attemptId, connectionId: job.connectionId }, new Date(deps.now()));
  const mine = (await claimedRows(scope, range)).filter((row) => sameBytes(row.attemptId, attemptId));
  const letters: Letter[] = [];
  const skips: Recorded[] = [];
  for (const row of mine) {
    const contact = row.contact ?? undefined;
    const reason = reasonToSkip({ contact, suppressed: row.suppressed !== null });
    const letter = reason || !contact ? undefined : await job.writer.prepare(row, contact);
    if (letter?.ok) letters.push(letter.value);
    else skips.push(skipped(row, reason ?? "render_failed"));
  }
  await deliver(job, attemptId, letters, skips);
}

function skipped(
  row: { contactId: Recorded["contactId"]; messageId: Recorded["messageId"]; address: string },
  reason: string,
) {
  const { contactId, messageId, address } = row;
  return {
    contactId,
    messageId,
    address,
    state: "skipped" as const,
    reason,
    providerMessageId: null,
    notBefore: null,
  };
}

function sameBytes(a: Uint8Array | null, b: Uint8Array): boolean {
  return a !== null && a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** What of the range is not over, and when it is worth looking again. */
async function leftToDo(job: ChunkJob): Promise<{ open: number; dueAtMs: number }> {
  const { settings, deps, provider } = job;
  let open = 0;
  let dueAtMs = Number.POSITIVE_INFINITY;
  for (const row of await remaining(job.scope, job.range)) {
    // Without reports from the provider only a person can decide about an unknown outcome: no use in asking again.
    if (row.state === "unknown" && provider.traits.evidence === "none") continue;
    open += row.count;
    const due = {
      queued: row.dueAtMs,
      sending: row.claimedAtMs + settings.leaseMs + 1,
      unknown: row.claimedAtMs + settings.evidenceWindowMs + 1,
    }[row.state];
    dueAtMs = Math.min(dueAtMs, due);
  }
  const earliestMs = deps.now() + (job.refusal ? refusalDelayMs(job.refusal) : 0);
  return { open, dueAtMs: open === 0 ? 0 : Math.max(dueAtMs, earliestMs) };
}
