/** What of a chunk is not over, and when it is worth looking again. */
import { remaining } from "#db/repos/ledger-books";
import type { ChunkJob } from "./chunk-job.ts";
import { refusalDelayMs } from "./refusal.ts";

export async function leftToDo(job: ChunkJob): Promise<{ open: number; dueAtMs: number }> {
  const { settings, deps } = job;
  let open = 0;
  let dueAtMs = Number.POSITIVE_INFINITY;
  for (const row of await remaining(job.scope, job.range)) {
    if (row.state === "unknown") {
      // Without reports from its provider only a person can decide about an unknown outcome: no use in asking again.
      const sender = row.connectionId && (await job.senderOf(row.connectionId));
      if (!sender || sender.provider.traits.evidence === "none") continue;
    }
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
