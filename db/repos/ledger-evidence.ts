/** What reports, and their absence, say about messages of unknown outcome. */
import { and, asc, eq, gt, gte, inArray, isNull, lte, ne } from "drizzle-orm";
import type { ConnectionId, ContactId, RunId } from "#domain/ids";
import type { Neighbours } from "#domain/sending/evidence";
import type { MessageState } from "#domain/sending/ledger";
import { retryLocks } from "../errors.ts";
import { messages } from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";
import { inRange, type Range } from "./ledger.ts";

const reportedStates: readonly MessageState[] = ["delivered", "bounced", "complained"];
const takenStates: MessageState[] = ["accepted", "delivered", "bounced", "complained"];
/** So many neighbours say as much as all of them. */
const sampleSize = 1_000;

/** Rows of unknown outcome in a range whose attempt is older than `before`. */
export async function unknownRows(scope: TenantDb, range: Range, before: Date) {
  return scope
    .pick(
      {
        contactId: messages.contactId,
        connectionId: messages.connectionId,
        attemptId: messages.attemptId,
        claimedAt: messages.claimedAt,
      },
      messages,
      and(inRange(range), eq(messages.state, "unknown"), lte(messages.claimedAt, before)),
    )
    .orderBy(asc(messages.contactId));
}

/** Whether some message of an attempt was taken by a call that never answered: only a report can have told so. */
export async function wasTakenUnanswered(
  scope: TenantDb,
  range: Range,
  attemptId: Uint8Array,
): Promise<boolean> {
  const [row] = await scope
    .pick(
      { id: messages.id },
      messages,
      and(
        inRange(range),
        eq(messages.attemptId, attemptId),
        // Whoever was answered for has the provider's id.
        isNull(messages.providerMessageId),
        inArray(messages.state, takenStates),
      ),
    )
    .limit(1);
  return row !== undefined;
}

/**
 * Messages of the run behind this range that left by this connection within `from` and `to` and were taken: of how many
 * do we know more? Those behind it left later, which is what makes them witnesses: a provider that fell silent with
 * the answer to this one has not reported them either.
 */
export async function neighboursBehind(
  scope: TenantDb,
  range: Range,
  connectionId: ConnectionId,
  from: Date,
  to: Date,
): Promise<Neighbours> {
  const rows = await scope
    .pick(
      { state: messages.state },
      messages,
      and(
        eq(messages.sourceId, range.runId),
        eq(messages.step, 0),
        gt(messages.contactId, range.upTo),
        eq(messages.connectionId, connectionId),
        inArray(messages.state, takenStates),
        gte(messages.claimedAt, from),
        lte(messages.claimedAt, to),
      ),
    )
    .orderBy(asc(messages.contactId))
    .limit(sampleSize);
  return countNeighbours(rows);
}

export function countNeighbours(rows: readonly { readonly state: MessageState }[]): Neighbours {
  const reported = rows.filter(({ state }) => reportedStates.includes(state)).length;
  return { reported, silent: rows.length - reported };
}

/** Unknown rows the evidence speaks against: nothing was taken, so they may be tried again. */
export async function requeueUnknown(
  scope: TenantDb,
  runId: RunId,
  contactIds: readonly ContactId[],
): Promise<void> {
  await changeUnknown(scope, runId, contactIds, {
    state: "queued",
    reason: "",
    attemptId: null,
    claimedAt: null,
  });
}

/** They stay as they are; people who look at them are told why. */
export async function explainUnknown(
  scope: TenantDb,
  runId: RunId,
  contactIds: readonly ContactId[],
  reason: string,
): Promise<void> {
  await changeUnknown(scope, runId, contactIds, { reason });
}

async function changeUnknown(
  scope: TenantDb,
  runId: RunId,
  contactIds: readonly ContactId[],
  change: Partial<Pick<typeof messages.$inferInsert, "state" | "reason" | "attemptId" | "claimedAt">>,
): Promise<void> {
  if (contactIds.length === 0) return;
  await retryLocks(() =>
    scope.update(
      messages,
      change,
      and(
        eq(messages.sourceId, runId),
        eq(messages.step, 0),
        inArray(messages.contactId, [...contactIds]),
        eq(messages.state, "unknown"),
        // Nothing is written where nothing but the same words would be.
        change.state === undefined ? ne(messages.reason, change.reason ?? "") : undefined,
      ),
    ),
  );
}
