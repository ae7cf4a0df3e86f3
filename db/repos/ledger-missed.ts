/** People a run left out who may be written to by now: counted, and put back into the queue of the same run. */
import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import type { Audience } from "#domain/campaign/audience";
import type { Channel } from "#domain/contact/consent";
import { type ContactId, idFromBytes, idToBytes, type MessageId, type RunId } from "#domain/ids";
import { capWindowMs } from "#domain/sending/cap";
import type { FrequencyCap } from "#domain/sending/policy";
import { audienceSql } from "../audience-sql.ts";
import { type Literal, rawStatement, rowsLiteral } from "../bulk.ts";
import { retryLocks } from "../errors.ts";
import { messages } from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";

export type MissedRun = {
  readonly id: RunId;
  readonly audience: Audience;
  readonly channel: Channel;
  readonly cap: FrequencyCap | null;
};
export type MissedCount = { readonly reason: string; readonly missed: number; readonly now: number };

/** By the old reason: how many were left out, and how many of them may be written to now. */
export async function countMissed(scope: TenantDb, run: MissedRun, now: Date): Promise<MissedCount[]> {
  const { rows } = await scope.execute(
    sql`select m.reason, count(*) as missed, sum(${await mayNow(scope, run, now)}) as open_now ${leftOut(scope, run)}
      group by m.reason order by missed desc`,
  );
  return (rows as { reason: string; missed: string; open_now: string }[]).map((row) => ({
    reason: row.reason,
    missed: Number(row.missed),
    now: Number(row.open_now),
  }));
}

export type MissedRow = {
  readonly contactId: ContactId;
  readonly messageId: MessageId;
  /** The person's address as it is today, and as it was when the audience was frozen. */
  readonly address: string;
  readonly frozenAddress: string;
};

export async function missedPage(
  scope: TenantDb,
  run: MissedRun,
  page: { readonly after: ContactId | null; readonly now: Date; readonly limit: number },
): Promise<MissedRow[]> {
  const after = page.after ? sql`and m.contact_id > ${idToBytes(page.after)}` : sql``;
  const { rows } = await scope.execute(
    sql`select m.contact_id, m.id, m.address as frozen, ${sql.raw(run.channel === "sms" ? "c.phone" : "c.email")} as address ${leftOut(scope, run)} ${after}
      and ${await mayNow(scope, run, page.now)} order by m.contact_id limit ${page.limit}`,
  );
  type Row = { contact_id: Uint8Array; id: Uint8Array; frozen: string; address: string | null };
  return (rows as Row[]).map((row) => ({
    contactId: idFromBytes("ctc", row.contact_id),
    messageId: idFromBytes("msg", row.id),
    address: row.address ?? "",
    frozenAddress: row.frozen,
  }));
}

/** Rows that are still skipped go back into the queue as if never tried; answers how many. */
export async function requeueMissed(
  scope: TenantDb,
  runId: RunId,
  rows: readonly MissedRow[],
): Promise<number> {
  if (rows.length === 0) return 0;
  const skipped = eq(messages.state, "skipped");
  const moved = rows.filter((row) => row.address !== row.frozenAddress);
  if (moved.length > 0) {
    const values: Literal[][] = moved.map((row) => [
      { id: scope.tenantId },
      { id: runId },
      0,
      { id: row.contactId },
      { id: row.messageId },
      "skipped",
      row.address,
    ]);
    const statement = rawStatement(
      `insert into messages (tenant_id, source_id, step, contact_id, id, state, address) values ${rowsLiteral(values)} ` +
        "on duplicate key update address = if(state = 'skipped', values(address), address)",
    );
    await retryLocks(() => scope.execute(statement));
  }
  const contactIds = rows.map((row) => row.contactId);
  const { rowsAffected } = await retryLocks(() =>
    scope.update(
      messages,
      {
        state: "queued",
        reason: "",
        tries: 0,
        notBefore: null,
        heldSince: null,
        attemptId: null,
        claimedAt: null,
      },
      and(
        eq(messages.sourceId, runId),
        eq(messages.step, 0),
        inArray(messages.contactId, contactIds),
        skipped,
      ),
    ),
  );
  return rowsAffected;
}

function leftOut(scope: TenantDb, run: MissedRun): SQL {
  return sql`from messages m left join contacts c on ${scope.own("c")} and c.id = m.contact_id
    where ${scope.own("m")} and m.source_id = ${idToBytes(run.id)} and m.step = 0 and m.state = 'skipped' and m.reason <> 'cancelled'`;
}

/** Asked by the run's own audience: who is excluded now is left out now. Quiet hours hold, they do not leave out. */
async function mayNow(scope: TenantDb, run: MissedRun, now: Date): Promise<SQL> {
  const { skipReason } = await audienceSql(scope, run.audience, run.channel, now, "c");
  const capped = run.cap
    ? sql`(m.reason = 'capped' and ${sentLately(scope, run, run.cap, now)} >= ${run.cap.messages})`
    : sql`false`;
  return sql`(c.id is not null and ${skipReason} is null and not ${capped})`;
}

function sentLately(scope: TenantDb, run: MissedRun, cap: FrequencyCap, now: Date): SQL {
  const since = new Date(now.getTime() - capWindowMs(cap));
  return sql`(select count(*) from messages o join runs r on ${scope.own("r")} and r.id = o.source_id
    where ${scope.own("o")} and o.contact_id = m.contact_id and o.source_id <> m.source_id and r.channel = ${run.channel}
      and o.state in ('accepted','delivered','complained','unknown') and coalesce(o.accepted_at, o.claimed_at) > ${since})`;
}
