/** How a transactional message moves: claimed, put off, given up, finished. Every move by compare-and-set. */
import { and, desc, eq, gte, isNull, lt, sql } from "drizzle-orm";
import type { ConnectionId, DirectSendId } from "#domain/ids";
import type { Neighbours } from "#domain/sending/evidence";
import { sourceOf } from "#domain/sending/source";
import { retryLocks } from "../errors.ts";
import { directSends, messages, suppressions } from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";
import { ofRequest } from "./direct-sends.ts";
import { countNeighbours } from "./ledger-evidence.ts";

/** True for the one caller whose move it was; false while an attempt holds it, and when it is over. */
export async function skipDirect(
  scope: TenantDb,
  id: DirectSendId,
  reason: "cancelled" | "suppressed",
): Promise<boolean> {
  const { rowsAffected } = await retryLocks(() =>
    scope.update(
      messages,
      { state: "skipped", reason },
      and(eq(messages.sourceId, sourceOf(id)), eq(messages.step, 0), eq(messages.state, "queued")),
    ),
  );
  return rowsAffected > 0;
}

/** Nobody can send it any more: what was never handed over failed, what may have been stays in doubt. */
export async function abandonDirect(scope: TenantDb, id: DirectSendId, reason: string): Promise<void> {
  // MySQL assigns from left to right: `reason` first, as both read the state that was.
  await retryLocks(() =>
    scope.execute(
      sql`update messages set reason = ${reason.slice(0, 300)}, state = if(state = 'queued', 'failed', 'unknown')
        where ${scope.own("messages")} and ${eq(messages.sourceId, sourceOf(id))} and step = 0 and state in ('queued', 'sending')`,
    ),
  );
}

/**
 * The message waits, and says for what. True for the one caller who put it off: it alone asks for it to be looked at
 * again, or messages about one request would multiply.
 */
export async function postponeDirect(
  scope: TenantDb,
  id: DirectSendId,
  reason: string,
  from: Date | null,
  until: Date,
): Promise<boolean> {
  const { rowsAffected } = await retryLocks(() =>
    scope.update(
      messages,
      { notBefore: until, reason: reason.slice(0, 300) },
      and(
        eq(messages.sourceId, sourceOf(id)),
        eq(messages.step, 0),
        eq(messages.state, "queued"),
        from ? eq(messages.notBefore, from) : isNull(messages.notBefore),
      ),
    ),
  );
  return rowsAffected > 0;
}

/** Nothing looks at it any more. */
export async function finishDirect(scope: TenantDb, id: DirectSendId, now: Date): Promise<void> {
  await retryLocks(() =>
    scope.update(
      directSends,
      { finishedAt: now },
      and(eq(directSends.id, id), isNull(directSends.finishedAt)),
    ),
  );
}

/** The row an attempt has claimed, whoever it is for: its recipient need not be a contact. */
export async function claimedDirect(scope: TenantDb, id: DirectSendId, attemptId: Uint8Array) {
  const [row] = await scope
    .pick(
      {
        contactId: messages.contactId,
        messageId: messages.id,
        address: messages.address,
        tries: messages.tries,
        suppressed: suppressions.reason,
      },
      messages,
      and(
        eq(messages.sourceId, sourceOf(id)),
        eq(messages.step, 0),
        eq(messages.state, "sending"),
        eq(messages.attemptId, attemptId),
      ),
    )
    .innerJoin(directSends, scope.on(directSends, eq(directSends.id, id)))
    .leftJoin(
      suppressions,
      scope.on(
        suppressions,
        and(eq(suppressions.channel, directSends.channel), eq(suppressions.address, messages.address)),
      ),
    );
  return row;
}

/** So many neighbours say as much as all of them. */
const sampleSize = 1_000;
const waitedAtMostMs = 10 * 60_000;

/** Other transactional messages that left by this connection in these minutes and were taken: of how many do we know more? */
export async function neighbourRequests(
  scope: TenantDb,
  connectionId: ConnectionId,
  from: Date,
  to: Date,
): Promise<Neighbours> {
  const rows = await scope
    .pick(
      { state: messages.state },
      directSends,
      and(
        eq(directSends.connectionId, connectionId),
        // Asked for a little earlier, perhaps: it waited for its turn, and this bound is the index's.
        gte(directSends.sendAt, new Date(from.getTime() - waitedAtMostMs)),
        lt(directSends.sendAt, to),
        sql`${messages.state} in ('accepted', 'delivered', 'bounced', 'complained')`,
        eq(messages.connectionId, connectionId),
        gte(messages.claimedAt, from),
        lt(messages.claimedAt, to),
      ),
    )
    .innerJoin(messages, ofRequest(scope))
    .orderBy(desc(directSends.id))
    .limit(sampleSize);
  return countNeighbours(rows);
}
