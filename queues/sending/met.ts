/** What a chunk met at its connection, told to the connection's limiter once, when the chunk is over. */
import { recordRefusal } from "#db/repos/connections";
import type { Recorded } from "#db/repos/ledger";
import type { Account, Budgets } from "#domain/sending/gate";
import { type MailboxGroup, mailboxGroupOf } from "#domain/sending/mailbox-group";
import type { BatchResult, Refusal } from "#domain/sending/provider";
import { attemptName, type SendChunk } from "../messages.ts";
import { limiterOf } from "../providers/limiter.ts";
import type { ChunkJob } from "./chunk-job.ts";
import { refusalDelayMs } from "./refusal.ts";

type Count = { sent: number; deferred: number };
/** Counted while the chunk is sent. */
export type Met = {
  /** Messages handed to the provider, whatever it said to them. */
  used: number;
  readonly groups: Map<MailboxGroup, Count>;
  /** Calls that were answered, and calls of which nobody can say what became. */
  answered: number;
  lost: number;
};
export const nothingMet = (): Met => ({ used: 0, groups: new Map(), answered: 0, lost: 0 });

export function noteCall(met: Met | undefined, result: BatchResult): void {
  if (!met) return;
  if (result.kind === "settled" && result.outcomes.every((outcome) => outcome.kind === "unknown")) met.lost++;
  else met.answered++;
}

/** Calls into nothing, and nothing else: the provider is away, and every further call would end in doubt as well. */
export function intoNothing(met: Met | undefined): Refusal | null {
  if (!met || met.lost === 0 || met.answered > 0) return null;
  return { kind: "unavailable", reason: "The provider did not answer." };
}

/** `open`: letters of unknown outcome that stay claimed. */
export function meet(met: Met | undefined, entries: readonly Recorded[], open: number): void {
  if (!met) return;
  met.used += open;
  for (const { state, address } of entries) {
    if (state === "skipped") continue;
    met.used++;
    if (!address.includes("@")) continue;
    const group = mailboxGroupOf(address);
    const count = met.groups.get(group) ?? { sent: 0, deferred: 0 };
    met.groups.set(group, count);
    // A provider's entry that goes back into the queue was put off by it.
    if (state === "queued") count.deferred++;
    else count.sent++;
  }
}

export async function tellLimiters(job: ChunkJob, message: SendChunk): Promise<void> {
  const { deps, scope, connectionId, refusal, done, met } = job;
  const account: Account = {
    attempt: attemptName(message.runId, message.chunk, message.attempt),
    used: met?.used ?? 0,
    experience: { accepted: done.accepted, failed: done.failed, refusal: refusal?.kind ?? null },
    reason: refusal?.reason ?? "",
    closeMs: refusal ? refusalDelayMs(refusal) : 0,
    groups: Object.fromEntries(met?.groups ?? []),
    unusedBudgets: unused(message.budgets ?? {}, met),
  };
  await limiterOf(deps, scope.tenantId, connectionId).settle(account);
  for (const one of job.refusalsElsewhere)
    await limiterOf(deps, scope.tenantId, one.connectionId).penalize(refusalDelayMs(one.refusal));
  // Shown with the connection until somebody has put it right and verified it.
  if (refusal?.kind === "rejected") await recordRefusal(scope, connectionId, refusal.reason);
}

function unused(budgets: Budgets, met: Met | undefined): Budgets {
  const left = Object.entries(budgets).map(([group, granted]) => {
    const count = met?.groups.get(group as MailboxGroup);
    return [group, Math.max(0, granted - (count ? count.sent + count.deferred : 0))];
  });
  return Object.fromEntries(left);
}
