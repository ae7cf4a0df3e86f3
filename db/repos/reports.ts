/** What a run achieved, read from the ledger and its events. People and machines are counted apart. */
import { and, asc, count, desc, eq, gt, inArray, sql } from "drizzle-orm";
import type { ContactId, RunId } from "#domain/ids";
import type { MessageState } from "#domain/sending/ledger";
import { links, messageEvents, messages } from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";

const filled = (column: unknown) => sql<number>`count(${column})`.mapWith(Number);

/** Distinct people by what they did. */
export async function engagementOf(scope: TenantDb, runId: RunId) {
  const [row] = await scope.pick(
    {
      opened: filled(messages.openedAt),
      clicked: filled(messages.clickedAt),
      machineOpened:
        sql<number>`sum(${messages.machineOpenedAt} is not null and ${messages.openedAt} is null)`.mapWith(
          Number,
        ),
      unsubscribed: filled(messages.unsubscribedAt),
    },
    messages,
    eq(messages.sourceId, runId),
  );
  return row ?? { opened: 0, clicked: 0, machineOpened: 0, unsubscribed: 0 };
}

export async function linkClicks(scope: TenantDb, runId: RunId) {
  return scope
    .pick(
      {
        position: links.position,
        url: links.url,
        clicks: sql<number>`count(${messageEvents.id})`.mapWith(Number),
        people: sql<number>`count(distinct ${messageEvents.messageId})`.mapWith(Number),
      },
      links,
      eq(links.runId, runId),
    )
    .leftJoin(
      messageEvents,
      scope.on(
        messageEvents,
        and(
          eq(messageEvents.sourceId, links.runId),
          eq(messageEvents.kind, "clicked"),
          eq(messageEvents.machine, 0),
          eq(messageEvents.linkPosition, links.position),
        ),
      ),
    )
    .groupBy(links.position, links.url)
    .orderBy(asc(links.position));
}

const maxHours = 168;

/** Events of people per hour, from the first on. */
export async function eventsByHour(scope: TenantDb, runId: RunId) {
  const hour = sql<string>`date_format(${messageEvents.at}, '%Y-%m-%dT%H:00:00.000Z')`;
  const rows = await scope
    .pick(
      { hour, kind: messageEvents.kind, count: sql<number>`count(*)`.mapWith(Number) },
      messageEvents,
      and(
        eq(messageEvents.sourceId, runId),
        inArray(messageEvents.kind, ["delivered", "opened", "clicked"]),
        eq(messageEvents.machine, 0),
      ),
    )
    .groupBy(hour, messageEvents.kind)
    .orderBy(asc(hour))
    .limit(maxHours * 3);
  const byHour = new Map<string, { at: string; delivered: number; opened: number; clicked: number }>();
  for (const row of rows) {
    const entry = byHour.get(row.hour) ?? { at: row.hour, delivered: 0, opened: 0, clicked: 0 };
    if (row.kind === "delivered" || row.kind === "opened" || row.kind === "clicked")
      entry[row.kind] = row.count;
    byHour.set(row.hour, entry);
  }
  return [...byHour.values()].slice(0, maxHours);
}

export async function bounceReasons(scope: TenantDb, runId: RunId) {
  return scope
    .pick(
      { reason: messageEvents.detail, count: sql<number>`count(*)`.mapWith(Number) },
      messageEvents,
      and(eq(messageEvents.sourceId, runId), eq(messageEvents.kind, "bounced")),
    )
    .groupBy(messageEvents.detail)
    .orderBy(desc(count()))
    .limit(20);
}

/** The headline numbers of several runs at once, for a list. */
export async function headlines(scope: TenantDb, runIds: readonly RunId[]) {
  if (runIds.length === 0) return new Map<RunId, Headline>();
  const rows = await scope
    .pick(
      {
        runId: messages.sourceId,
        audience: sql<number>`count(*)`.mapWith(Number),
        accepted:
          sql<number>`sum(${messages.state} in ('accepted','delivered','bounced','complained'))`.mapWith(
            Number,
          ),
        delivered: sql<number>`sum(${messages.state} in ('delivered','complained'))`.mapWith(Number),
        opened: filled(messages.openedAt),
        clicked: filled(messages.clickedAt),
        unsubscribed: filled(messages.unsubscribedAt),
      },
      messages,
      inArray(messages.sourceId, [...runIds]),
    )
    .groupBy(messages.sourceId);
  return new Map(rows.map(({ runId, ...numbers }) => [runId, numbers as Headline]));
}
export type Headline = {
  audience: number;
  accepted: number;
  delivered: number;
  opened: number;
  clicked: number;
  unsubscribed: number;
};

export type LedgerFilter = {
  readonly state?: MessageState | undefined;
  readonly reason?: string | undefined;
  /** Only the queued that wait for a moment after this. */
  readonly waitingAt?: Date | undefined;
  readonly after?: ContactId | undefined;
  readonly limit: number;
};
/** The ledger of a run, row by row, in key order. */
export async function ledgerRows(scope: TenantDb, runId: RunId, filter: LedgerFilter) {
  return scope
    .select(
      messages,
      and(
        eq(messages.sourceId, runId),
        eq(messages.step, 0),
        filter.after ? gt(messages.contactId, filter.after) : undefined,
        filter.state ? eq(messages.state, filter.state) : undefined,
        filter.reason === undefined ? undefined : eq(messages.reason, filter.reason),
        filter.waitingAt
          ? and(eq(messages.state, "queued"), gt(messages.notBefore, filter.waitingAt))
          : undefined,
      ),
    )
    .orderBy(asc(messages.contactId))
    .limit(filter.limit);
}
export type LedgerRow = Awaited<ReturnType<typeof ledgerRows>>[number];
