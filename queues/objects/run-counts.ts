/** How reports change what a coordinator knows. */
import { countByState, tallyOf } from "#db/repos/ledger-books";
import { audienceOf, type Tally } from "#domain/sending/ledger";
import type { Refusal } from "#domain/sending/provider";
import type { RunContext } from "./run-context.ts";
import type { ChunkReport, RunProgress } from "./run-progress.ts";

/** A person (or a returned quota) said go on: old failures no longer count against the run. */
export function resumed(progress: RunProgress): RunProgress {
  return { ...progress, attempted: 0, refused: 0, unavailable: 0, stop: null, resumeAtMs: null };
}

export function addReport(context: RunContext, report: ChunkReport, nowMs: number): void {
  const p = context.progress;
  const tried = report.accepted + report.failed + Math.max(0, report.unknown);
  context.progress = {
    ...p,
    accepted: p.accepted + report.accepted,
    failed: p.failed + report.failed,
    skipped: p.skipped + report.skipped,
    unknown: Math.max(0, p.unknown + report.unknown),
    attempted: p.attempted + tried,
    refused: p.refused + report.failed,
    stop: stopAfter(report.refusal, nowMs) ?? p.stop,
    unavailable:
      report.refusal?.kind === "unavailable" ? p.unavailable + 1 : report.accepted > 0 ? 0 : p.unavailable,
  };
  const { open, due } = report;
  context.plan.settle(report.chunk, report.attempt, { open, due, dueAtMs: Math.max(report.dueAtMs, nowMs) });
}

/** A spent quota comes back by itself; a rejected account does not. Everything else is a matter of waiting a little. */
function stopAfter(refusal: Refusal | null, nowMs: number): RunProgress["stop"] {
  if (refusal?.kind === "quota_spent")
    return { reason: "provider_quota", detail: refusal.reason, resumeAtMs: nowMs + refusal.resetsInMs };
  if (refusal?.kind === "rejected")
    return { reason: "provider_refused", detail: refusal.reason, resumeAtMs: null };
  return null;
}

/** Takes all counts from the ledger: it knows what was sent before this object's storage began. */
export async function recount(context: RunContext): Promise<Tally> {
  const { tenantId, runId } = context.progress.identity;
  const tally = tallyOf(await countByState(context.deps.scope(tenantId), runId));
  context.progress = {
    ...context.progress,
    audience: audienceOf(tally),
    skipped: tally.skipped,
    accepted: tally.accepted + tally.delivered + tally.bounced + tally.complained,
    delivered: tally.delivered,
    bounced: tally.bounced,
    failed: tally.failed,
    unknown: tally.unknown,
  };
  return tally;
}
