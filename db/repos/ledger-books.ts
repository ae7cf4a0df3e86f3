/** The ledger's books: what is left, what adds up, and the moves that concern a whole run. */
import { and, asc, eq, gt, inArray, ne, sql } from "drizzle-orm";
import type { ContactId, RunId } from "#domain/ids";
import {
  emptyTally,
  leftUnknown,
  type MessageState,
  type SkipReason,
  type Tally,
} from "#domain/sending/ledger";
import { retryLocks } from "../errors.ts";
import { messages } from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";
import { inRange, type Range } from "./ledger.ts";

/** What is left to do in a range, by state, the connection of the last attempt, and when it is due. */
export async function remaining(scope: TenantDb, range: Range) {
  const rows = await scope
    .pick(
      {
        state: messages.state,
        connectionId: messages.connectionId,
        count: sql<number>`count(*)`.mapWith(Number),
        notBefore: messages.notBefore,
        claimed: sql<string | null>`date_format(min(${messages.claimedAt}), '%Y-%m-%dT%H:%i:%s.%fZ')`,
      },
      messages,
      and(inRange(range), inArray(messages.state, ["queued", "sending", "unknown"])),
    )
    .groupBy(messages.state, messages.connectionId, messages.notBefore);
  return rows.map((row) => ({
    state: row.state as "queued" | "sending" | "unknown",
    connectionId: row.connectionId,
    count: row.count,
    dueAtMs: row.notBefore?.getTime() ?? 0,
    claimedAtMs: row.claimed ? Date.parse(row.claimed) : 0,
  }));
}

export type Count = { readonly state: MessageState; readonly reason: string; readonly count: number };

/** The books of a run, counted from its rows: one range of the clustered key. */
export async function countByState(scope: TenantDb, runId: RunId): Promise<Count[]> {
  // What a mail server said of a bounce is different each time; the books count bounces, the report groups their reasons.
  const reason = sql<string>`if(${messages.state} in ('bounced', 'complained'), '', ${messages.reason})`;
  return scope
    .pick(
      { state: messages.state, reason, count: sql<number>`count(*)`.mapWith(Number) },
      messages,
      and(eq(messages.sourceId, runId)),
    )
    .groupBy(messages.state, reason);
}

export type Waiting = {
  readonly reason: string;
  readonly people: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
};

/** Queued rows whose moment is yet to come, by reason: those held, those whose own time it is not, those tried again. */
export async function waitingRows(scope: TenantDb, runId: RunId, now: Date): Promise<Waiting[]> {
  const moment = (of: "min" | "max") =>
    sql<string>`date_format(${sql.raw(of)}(${messages.notBefore}), '%Y-%m-%dT%H:%i:%s.%fZ')`;
  const rows = await scope
    .pick(
      {
        reason: messages.reason,
        people: sql<number>`count(*)`.mapWith(Number),
        first: moment("min"),
        last: moment("max"),
      },
      messages,
      and(eq(messages.sourceId, runId), eq(messages.state, "queued"), gt(messages.notBefore, now)),
    )
    .groupBy(messages.reason);
  return rows.map(({ first, last, ...row }) => ({
    ...row,
    firstAt: new Date(first),
    lastAt: new Date(last),
  }));
}

export function tallyOf(counts: readonly Count[]): Tally {
  const tally: Record<MessageState, number> = { ...emptyTally };
  for (const { state, count } of counts) tally[state] += count;
  return tally;
}

/** The next contact of a run with a row in one of `states`, after `after`; undefined when there is none. */
export async function nextInState(
  scope: TenantDb,
  runId: RunId,
  states: MessageState[],
  after: ContactId | null,
) {
  const [row] = await scope
    .pick(
      { contactId: messages.contactId },
      messages,
      and(
        eq(messages.sourceId, runId),
        eq(messages.step, 0),
        inArray(messages.state, states),
        after ? gt(messages.contactId, after) : undefined,
      ),
    )
    .orderBy(asc(messages.contactId))
    .limit(1);
  return row?.contactId;
}

/** Ends up to `limit` of the rows nothing was tried for; answers how many. */
export async function skipQueued(
  scope: TenantDb,
  runId: RunId,
  reason: SkipReason,
  limit: number,
): Promise<number> {
  const statement = sql`update messages set state = 'skipped', reason = ${reason} where ${scope.own("messages")} and ${eq(
    messages.sourceId,
    runId,
  )} and state = 'queued' order by step, contact_id limit ${sql.raw(String(limit))}`;
  const result = await retryLocks(() => scope.execute(statement));
  return result.rowsAffected;
}

/** Moves every row of a run from one state to another, save those left as they are for good; answers how many. */
export async function moveAll(
  scope: TenantDb,
  runId: RunId,
  from: MessageState,
  set: { state: MessageState; reason: string; resetTries: boolean },
): Promise<number> {
  const result = await retryLocks(() =>
    scope.update(
      messages,
      {
        state: set.state,
        reason: set.reason,
        notBefore: null,
        attemptId: null,
        claimedAt: null,
        // In doubt, it counts as tried: a report that comes before its next turn still proves that it arrived.
        ...(set.resetTries ? { tries: from === "unknown" ? 1 : 0 } : {}),
      },
      and(eq(messages.sourceId, runId), eq(messages.state, from), ne(messages.reason, leftUnknown)),
    ),
  );
  return result.rowsAffected;
}
