/** Mailboxes that want a connection slower: of their rows only as many go now as their pace allows, the others wait. */
import type { AttemptRow } from "#db/repos/ledger";
import { type HeldRow, holdRows } from "#db/repos/ledger-holds";
import type { ContactId } from "#domain/ids";
import type { Budgets } from "#domain/sending/gate";
import { type MailboxGroup, mailboxGroupOf } from "#domain/sending/mailbox-group";
import type { ChunkJob } from "./chunk-job.ts";

/** Whoever is too many waits in slots of a slot's worth each, so that each look finds about as many as may go then. */
const slotMs = 10_000;
/** Nobody's estimate reaches further: the pace recovers meanwhile. */
const longestMs = 600_000;

/** Puts back who may not go now; answers whom. `budgets`: what the limiter granted to each group that is slowed down. */
export async function heldByMailbox(
  job: ChunkJob,
  attemptId: Uint8Array,
  rows: readonly AttemptRow[],
  budgets: Budgets,
): Promise<ReadonlySet<ContactId>> {
  const left = new Map(Object.entries(budgets) as [MailboxGroup, number][]);
  if (left.size === 0) return new Set();
  const nowMs = job.deps.now();
  const waiting = new Map<MailboxGroup, number>();
  const held: HeldRow[] = [];
  for (const { contactId, messageId, address } of rows) {
    const group = mailboxGroupOf(address);
    const budget = left.get(group);
    if (budget === undefined) continue;
    if (budget > 0) {
      left.set(group, budget - 1);
      continue;
    }
    const place = waiting.get(group) ?? 0;
    waiting.set(group, place + 1);
    const slot = 1 + Math.floor(place / Math.max(1, budgets[group] ?? 0));
    const until = new Date(nowMs + Math.min(longestMs, slot * slotMs));
    held.push({ contactId, messageId, address, reason: `${group} is written to more slowly`, until });
  }
  await holdRows(job.scope, job.range.runId, attemptId, held, null);
  return new Set(held.map((row) => row.contactId));
}
