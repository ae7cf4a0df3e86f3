/** Transactional messages that nobody may be at work on, whosever they are. */
import { sql } from "drizzle-orm";
import type { PlanetScaleDatabase } from "drizzle-orm/planetscale-serverless";
import { type DirectSendId, idFromBytes, type TenantId } from "#domain/ids";

export type DueDirectSend = {
  readonly tenantId: TenantId;
  readonly id: DirectSendId;
  readonly sendAtMs: number;
};
export type DueMoments = {
  /** Due before this and untouched: its queue message is taken for lost. */
  readonly lostBefore: Date;
  /** Claimed before this: whoever did is taken for dead. */
  readonly leaseOverBefore: Date;
  /** Of unknown outcome since before this: evidence may have come. */
  readonly evidenceBefore: Date;
  /** Scheduled so far ahead that no queue holds them, and due before this. */
  readonly aheadUntil: Date;
};

/**
 * Those never handed over first, and by lot: what is in doubt stays due for hours, and must not fill every sweep.
 * `queueHorizonSeconds`: what is further ahead than this was not put on the queue when it was asked for.
 */
export async function dueDirectSends(
  raw: PlanetScaleDatabase,
  due: DueMoments,
  queueHorizonSeconds: number,
  limit: number,
): Promise<DueDirectSend[]> {
  const { rows } = await raw.execute(
    sql`select d.tenant_id, d.id, cast(unix_timestamp(d.send_at) * 1000 as signed) as at
      from direct_sends d join messages m on m.tenant_id = d.tenant_id and m.source_id = d.id and m.step = 0
      where d.finished_at is null and d.send_at <= ${due.aheadUntil} and (
        (m.state = 'queued' and d.send_at <= ${due.lostBefore} and (m.not_before is null or m.not_before <= ${due.lostBefore}))
        or (m.state = 'queued' and d.send_at > ${due.lostBefore} and timestampdiff(second, d.created_at, d.send_at) > ${queueHorizonSeconds})
        or (m.state = 'sending' and m.claimed_at <= ${due.leaseOverBefore})
        or (m.state = 'unknown' and m.claimed_at <= ${due.evidenceBefore})
        or (m.state not in ('queued', 'sending', 'unknown') and d.send_at <= ${due.lostBefore}))
      order by m.state <> 'queued', rand() limit ${sql.raw(String(limit))}`,
  );
  return (rows as { tenant_id: Uint8Array; id: Uint8Array; at: string }[]).map((row) => ({
    tenantId: idFromBytes("ten", row.tenant_id),
    id: idFromBytes("dir", row.id),
    sendAtMs: Number(row.at),
  }));
}
