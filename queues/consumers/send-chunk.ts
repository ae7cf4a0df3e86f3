/** Sends one chunk of a run: claim, look again, write, hand over, record, report. Twice equals once. */
import { type AttemptRow, attemptRows, claim, type Recorded } from "#db/repos/ledger";
import { runState } from "#db/repos/runs";
import { idToBytes } from "#domain/ids";
import { reasonToSkip } from "#domain/sending/eligibility";
import { sendDeadlineMs, sendSettingsFrom } from "#domain/sending/settings";
import type { Deps } from "../deps.ts";
import { coordinatorOf } from "../live.ts";
import type { SendChunk } from "../messages.ts";
import { loadConnection } from "../providers/index.ts";
import type { ChunkJob } from "../sending/chunk-job.ts";
import { deliver } from "../sending/deliver.ts";
import { type FrozenRun, frozenRun } from "../sending/frozen-run.ts";
import { heldBack } from "../sending/holds.ts";
import type { Letter } from "../sending/inputs.ts";
import { leftToDo } from "../sending/left-to-do.ts";
import { heldByMailbox } from "../sending/mailbox-hold.ts";
import { intoNothing, nothingMet, tellLimiters } from "../sending/met.ts";
import { recover } from "../sending/recover.ts";
import { removedSender, senderFrom, sendersBeside } from "../sending/senders.ts";
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
  const sender = connection ? senderFrom(deps, connection) : removedSender(connectionId);
  const job: ChunkJob = {
    ...sender,
    senderOf: sendersBeside(deps, tenantId, sender, !connection),
    deps,
    scope,
    settings,
    range: { runId, after: message.after, upTo: message.upTo },
    deadlineMs: startedMs + sendDeadlineMs(settings),
    writer: await writerFor(deps, tenantId, frozen),
    done: { accepted: 0, failed: 0, skipped: 0, unknown: 0 },
    refusal: null,
    refusalsElsewhere: [],
    met: nothingMet(),
  };
  // A first attempt has no predecessor to heal.
  if (message.attempt > 1) await recover(job);
  if (standing.state === "sending" && !job.refusal) await sendClaimed(job, frozen, message);
  job.refusal ??= intoNothing(job.met);

  // First the limiter: it is closed before the coordinator asks it for the next grant.
  await tellLimiters(job, message);
  const left = await leftToDo(job);
  const identity = { tenantId, campaignId, runId, connectionId };
  await coordinatorOf(deps, tenantId, runId).report(identity, {
    chunk: message.chunk,
    attempt: message.attempt,
    ...job.done,
    ...left,
    connectionId,
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

async function sendClaimed(job: ChunkJob, frozen: FrozenRun, message: SendChunk): Promise<void> {
  const { deps, scope, range } = job;
  const attemptId = idToBytes(deps.newId("evt"));
  const attempt = { id: attemptId, connectionId: job.connectionId };
  await claim(scope, range, attempt, new Date(deps.now()), message.limit);
  const mine = await attemptRows(scope, range, attemptId, frozen.run.channel);
  const letters: Letter[] = [];
  const skips: Recorded[] = [];
  const reasonOf = (row: AttemptRow) =>
    reasonToSkip(frozen.run.channel, {
      contact: row.person ?? undefined,
      suppressed: row.suppressed !== null,
    });
  const writable = frozen.policy ? mine.filter((row) => !reasonOf(row)) : [];
  const held = await heldBack(job, frozen, attemptId, writable);
  const mayGo = message.budgets ? mine.filter((row) => !reasonOf(row) && !held.has(row.contactId)) : [];
  const slowed = await heldByMailbox(job, attemptId, mayGo, message.budgets ?? {});
  for (const row of mine) {
    const contact = row.person ?? undefined;
    const hold = held.get(row.contactId);
    if (hold === "held" || slowed.has(row.contactId)) continue;
    const reason = reasonOf(row) ?? hold;
    if (contact && !reason) letters.push(job.writer.prepare(row, contact));
    else skips.push(skipped(row, reason ?? "no_address"));
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
