/** How reports change what a coordinator knows. */
import { countByState, tallyOf } from "#db/repos/ledger-books";
import { audienceOf, type Tally } from "#domain/sending/ledger";
import type { RunContext } from "./run-context.ts";
import type { ChunkReport, RunProgress } from "./run-progress.ts";
import { afterReport } from "./run-standstill.ts";
import { changeWay, freshWay } from "./run-ways.ts";

/** A person (or a returned quota) said go on: old failures no longer count against the run. */
export function resumed(progress: RunProgress): RunProgress {
  const ways = progress.ways.map((way) => ({ ...way, ...freshWay, credit: way.credit }));
  return { ...progress, ways, waiting: null, trouble: null, resumeAtMs: null };
}

export function addReport(context: RunContext, report: ChunkReport, nowMs: number): void {
  const p = context.progress;
  context.progress = {
    ...p,
    accepted: p.accepted + report.accepted,
    failed: p.failed + report.failed,
    skipped: p.skipped + report.skipped,
    unknown: Math.max(0, p.unknown + report.unknown),
  };
  changeWay(context, report.connectionId, (way) => afterReport(way, report, nowMs));
  const { open, due } = report;
  context.plan.settle(report.chunk, report.attempt, { open, due, dueAtMs: Math.max(report.dueAtMs, nowMs) });
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
