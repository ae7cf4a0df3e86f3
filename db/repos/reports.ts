/** What a run achieved, read from the ledger and its events. People and machines are counted apart. */
import { and, asc, count, desc, eq, gt, inArray, isNull, sql } from "drizzle-orm";
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
        clicks: sql<number>`coalesce(sum(${messageEvents.machine} = 0), 0)`.mapWith(Number),
        people:
          sql<number>`count(distinct if(${messageEvents.machine} = 0, ${messageEvents.messageId}, null))`.mapWith(
            Number,
          ),
        machineClicks: sql<number>`coalesce(sum(${messageEvents.machine} = 1), 0)`.mapWith(Number),
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

/** Why mail came back, and whose trouble it is: the address's (hard), the mailbox's (soft) or the sender's (block). */
export async function bounceReasons(scope: TenantDb, runId: RunId) {
  const kind = sql<string | null>`json_unquote(json_extract(${messageEvents.data}, '$.bounce'))`;
  const rows = await scope
    .pick(
      { reason: messageEvents.detail, kind, count: sql<number>`count(*)`.mapWith(Number) },
      messageEvents,
      and(eq(messageEvents.sourceId, runId), eq(messageEvents.kind, "bounced")),
    )
    .groupBy(messageEvents.detail, kind)
    .orderBy(desc(count()))
    .limit(20);
  return rows.map((row) => ({ ...row, kind: bounceKinds.find((known) => known === row.kind) ?? null }));
}
const bounceKinds = ["hard", "soft", "block"] as const;

/** What machines did, by the reasons they are known by; a hit has all of its reasons in one. */
export async function machineHits(scope: TenantDb, runId: RunId) {
  const reasons = sql<string>`coalesce(json_unquote(json_extract(${messageEvents.data}, '$.machine')), '')`;
  const rows = await scope
    .pick(
      {
        kind: messageEvents.kind,
        reasons,
        count: sql<number>`count(*)`.mapWith(Number),
      },
      messageEvents,
      and(
        eq(messageEvents.sourceId, runId),
        inArray(messageEvents.kind, ["opened", "clicked"]),
        eq(messageEvents.machine, 1),
      ),
    )
    .groupBy(messageEvents.kind, reasons);
  const byReason = new Map<string, { reason: string; opens: number; clicks: number }>();
  for (const row of rows) {
    for (const reason of row.reasons.split(" ").filter(Boolean)) {
      const entry = byReason.get(reason) ?? { reason, opens: 0, clicks: 0 };
      if (row.kind === "opened") entry.opens += row.count;
      else entry.clicks += row.count;
      byReason.set(reason, entry);
    }
  }
  return [...byReason.values()].sort((a, b) => b.opens + b.clicks - (a.opens + a.clicks));
}

/** Messages whose links machines followed and no person did. */
export async function machineClicked(scope: TenantDb, runId: RunId): Promise<number> {
  const [row] = await scope
    .pick(
      { messages: sql<number>`count(distinct ${messageEvents.messageId})`.mapWith(Number) },
      messageEvents,
      and(eq(messageEvents.sourceId, runId), eq(messageEvents.kind, "clicked"), eq(messageEvents.machine, 1)),
    )
    .innerJoin(
      messages,
      scope.on(messages, and(eq(messages.id, messageEvents.messageId), isNull(messages.clickedAt))),
    );
  return row?.messages ?? 0;
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
