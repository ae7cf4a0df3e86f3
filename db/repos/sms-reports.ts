/** What a run of text messages took and what came back: parts by connection, and replies of those it reached. */
import { eq, sql } from "drizzle-orm";
import type { ConnectionId, RunId } from "#domain/ids";
import { idToBytes } from "#domain/ids";
import { messages } from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";

export type SegmentsBy = { readonly connectionId: ConnectionId | null; readonly segments: number };

/** Of what a provider took, or may have taken: it is paid whether it arrived or not. */
export async function segmentsOf(scope: TenantDb, runId: RunId): Promise<SegmentsBy[]> {
  return scope
    .pick(
      {
        connectionId: messages.connectionId,
        segments: sql<number>`coalesce(sum(${messages.segments}), 0)`.mapWith(Number),
      },
      messages,
      sql`${eq(messages.sourceId, runId)} and ${messages.state} in ('accepted','delivered','bounced','complained','unknown')`,
    )
    .groupBy(messages.connectionId);
}

const answersWithinDays = 7;

/** A reply names no message: it is taken for one to the last text that was sent to that number before it. */
export async function repliesTo(
  scope: TenantDb,
  runId: RunId,
): Promise<{ replied: number; stopped: number }> {
  const { rows } = await scope.execute(
    sql`select count(distinct m.contact_id) as replied, count(distinct if(r.keyword = 'stop', m.contact_id, null)) as stopped
      from messages m join replies r on ${scope.own("r")} and r.from_address = m.address
        and r.at >= m.accepted_at and r.at < m.accepted_at + interval ${sql.raw(String(answersWithinDays))} day
      where ${scope.own("m")} and m.source_id = ${idToBytes(runId)} and m.accepted_at is not null
        and not exists (select 1 from messages later where ${scope.own("later")} and later.contact_id = m.contact_id
          and later.address = m.address and later.accepted_at > m.accepted_at and later.accepted_at <= r.at)`,
  );
  const row = (rows as { replied: string; stopped: string }[])[0];
  return { replied: Number(row?.replied ?? 0), stopped: Number(row?.stopped ?? 0) };
}
