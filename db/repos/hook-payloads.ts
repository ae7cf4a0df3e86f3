/** What providers posted, as they posted it, and how often somebody posted in their name. */
import { and, asc, between, count, desc, eq, gt, gte, lt, sql, sum } from "drizzle-orm";
import type { ConnectionId, HookPayloadId } from "#domain/ids";
import { literal, rawStatement, rowsLiteral } from "../bulk.ts";
import { retryLocks } from "../errors.ts";
import { forgedReports, hookPayloads } from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";

export type HookPayload = typeof hookPayloads.$inferSelect;
export type NewPayload = Pick<
  HookPayload,
  "id" | "connectionId" | "request" | "rawKey" | "events" | "receivedAt"
>;

/** Each once: a queue message that comes again brings the same id. */
export async function keepPayloads(scope: TenantDb, payloads: readonly NewPayload[]): Promise<void> {
  if (payloads.length === 0) return;
  const sorted = [...payloads].sort((a, b) => (a.id < b.id ? -1 : 1));
  const rows = rowsLiteral(
    sorted.map((p) => [
      { id: scope.tenantId },
      { id: p.id },
      { id: p.connectionId },
      p.request,
      p.rawKey,
      p.events,
      p.receivedAt,
    ]),
  );
  const columns = "tenant_id, id, connection_id, request, raw_key, events, received_at";
  const statement = rawStatement(`insert ignore into hook_payloads (${columns}) values ${rows}`);
  await retryLocks(() => scope.execute(statement));
}

const listed = {
  id: hookPayloads.id,
  receivedAt: hookPayloads.receivedAt,
  events: hookPayloads.events,
  readings: hookPayloads.readings,
  /** Deflated; what lies in R2 is not counted. */
  storedBytes: sql<number>`octet_length(${hookPayloads.request})`.mapWith(Number),
  rawKey: hookPayloads.rawKey,
};

/** Newest first. */
export async function listPayloads(
  scope: TenantDb,
  connectionId: ConnectionId,
  page: { readonly before?: HookPayloadId | undefined; readonly limit: number },
) {
  return scope
    .pick(
      listed,
      hookPayloads,
      and(
        eq(hookPayloads.connectionId, connectionId),
        page.before ? lt(hookPayloads.id, page.before) : undefined,
      ),
    )
    .orderBy(desc(hookPayloads.id))
    .limit(page.limit);
}

export async function getPayload(
  scope: TenantDb,
  connectionId: ConnectionId,
  id: HookPayloadId,
): Promise<HookPayload | undefined> {
  const [row] = await scope.select(
    hookPayloads,
    and(eq(hookPayloads.id, id), eq(hookPayloads.connectionId, connectionId)),
  );
  return row;
}

/** Ids are in the order of time: `from` and `upTo` are both within. */
export type PayloadRange = {
  readonly connectionId: ConnectionId;
  readonly from: HookPayloadId;
  readonly upTo: HookPayloadId;
};
const inRange = ({ connectionId, from, upTo }: PayloadRange) =>
  and(eq(hookPayloads.connectionId, connectionId), between(hookPayloads.id, from, upTo));

/** Oldest first, as they came. */
export async function payloadsIn(
  scope: TenantDb,
  range: PayloadRange,
  after: HookPayloadId | null,
  limit: number,
): Promise<HookPayload[]> {
  const rest = after ? gt(hookPayloads.id, after) : undefined;
  return scope
    .select(hookPayloads, and(inRange(range), rest))
    .orderBy(asc(hookPayloads.id))
    .limit(limit);
}

/** Notes that they are about to be read once more; answers how many there are. */
export async function countReading(scope: TenantDb, range: PayloadRange): Promise<number> {
  const readings = sql<number>`least(${hookPayloads.readings} + 1, 127)`;
  const done = await retryLocks(() => scope.update(hookPayloads, { readings }, inRange(range)));
  return done.rowsAffected;
}

/** How a connection's reports have come in since. */
export async function reportHealth(scope: TenantDb, connectionId: ConnectionId, since: Date) {
  const [[taken], [forged]] = await Promise.all([
    scope.pick(
      { reports: count(), events: sum(hookPayloads.events) },
      hookPayloads,
      and(eq(hookPayloads.connectionId, connectionId), gte(hookPayloads.receivedAt, since)),
    ),
    scope.pick(
      { count: sum(forgedReports.count) },
      forgedReports,
      and(
        eq(forgedReports.connectionId, connectionId),
        gt(forgedReports.hour, new Date(since.getTime() - hourMs)),
      ),
    ),
  ]);
  return {
    reports: taken?.reports ?? 0,
    events: Number(taken?.events ?? 0),
    forged: Number(forged?.count ?? 0),
  };
}

const hourMs = 3_600_000;

/** Adds to the count of the hour `at` lies in. */
export async function countForgeries(
  scope: TenantDb,
  connectionId: ConnectionId,
  forgeries: number,
  at: Date,
): Promise<void> {
  const hour = new Date(Math.floor(at.getTime() / hourMs) * hourMs);
  const row = rowsLiteral([[{ id: scope.tenantId }, { id: connectionId }, hour, forgeries]]);
  const statement = rawStatement(
    `insert into forged_reports (tenant_id, connection_id, hour, count) values ${row}` +
      ` on duplicate key update count = least(count + ${literal(forgeries)}, 2000000000)`,
  );
  await retryLocks(() => scope.execute(statement));
}
