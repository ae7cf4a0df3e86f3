/** What of a chunk is not over, and when it is worth looking again. */
import { remaining } from "#db/repos/ledger-books";
import type { SendSettings } from "#domain/sending/settings";
import type { ChunkJob } from "./chunk-job.ts";

/** `due` of the `open` are worth looking at by `dueAtMs`; the others wait for a later moment. */
export type LeftToDo = { readonly open: number; readonly dueAtMs: number; readonly due: number };

export async function leftToDo(job: ChunkJob): Promise<LeftToDo> {
  const { settings } = job;
  let open = 0;
  const moments: { dueAtMs: number; count: number }[] = [];
  for (const row of await remaining(job.scope, job.range)) {
    if (row.state === "unknown") {
      // Without reports from its provider only a person can decide about an unknown outcome: no use in asking again.
      const sender = row.connectionId && (await job.senderOf(row.connectionId));
      if (!sender || sender.provider.traits.evidence === "none") continue;
    }
    open += row.count;
    const dueAtMs = {
      queued: row.dueAtMs,
      sending: staleDueMs(row.claimedAtMs, settings, job.deps.now()),
      unknown: unknownDueMs(row.claimedAtMs, settings, job.deps.now()),
    }[row.state];
    moments.push({ dueAtMs, count: row.count });
  }
  if (open === 0) return { open, dueAtMs: 0, due: 0 };
  // A refusal holds nothing up here: its connection is closed for as long, another one may take over at once.
  const dueAtMs = Math.max(job.deps.now(), Math.min(...moments.map((m) => m.dueAtMs)));
  const due = moments.reduce((sum, m) => (m.dueAtMs <= dueAtMs ? sum + m.count : sum), 0);
  return { open, dueAtMs, due };
}

/** Once its lease is over; what could not be healed then, its provider being away, now and again. */
function staleDueMs(claimedAtMs: number, { leaseMs }: SendSettings, nowMs: number): number {
  const staleAtMs = claimedAtMs + leaseMs + 1;
  return staleAtMs > nowMs ? staleAtMs : nowMs + leaseMs / 20;
}

/** Once its window is over, and whatever else is heard by then: now and again, for reports come late. */
function unknownDueMs(claimedAtMs: number, { evidenceWindowMs }: SendSettings, nowMs: number): number {
  const judgedAtMs = claimedAtMs + evidenceWindowMs + 1;
  return judgedAtMs > nowMs ? judgedAtMs : nowMs + evidenceWindowMs / 5;
}
