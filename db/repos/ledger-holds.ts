/** Statements of caps and quiet hours: what went to people lately, and rows put back until they may go. */
import { type SQL, sql } from "drizzle-orm";
import type { Channel } from "#domain/contact/consent";
import { type ContactId, idFromBytes, idToBytes, type MessageId, type RunId } from "#domain/ids";
import { bytesLiteral, type Literal, rawStatement, rowsLiteral } from "../bulk.ts";
import { retryLocks } from "../errors.ts";
import type { TenantDb } from "../scope.ts";

export type Recent = {
  /** When campaign messages of other runs went to this person. */
  readonly sentMs: number[];
  /** Those of other runs that some attempt holds at this moment. */
  readonly underWay: MessageId[];
};

/** Ids tell when a row was made; a row may have waited in a paused or held run for this long before it went. */
const longestWaitMs = 45 * 86_400_000;

/**
 * What campaigns sent to these people since `since`. Read it after the claim: of two runs that claim a person at once,
 * at least the later then sees the other's row. A message of unknown outcome counts: it may have arrived.
 */
export async function recentMessages(
  scope: TenantDb,
  runId: RunId,
  channel: Channel,
  contactIds: readonly ContactId[],
  since: Date,
): Promise<Map<ContactId, Recent>> {
  const found = new Map<ContactId, Recent>();
  if (contactIds.length === 0) return found;
  const sorted = [...contactIds].sort();
  const sentAt = sql`coalesce(m.accepted_at, m.claimed_at)`;
  const { rows } = await scope.execute(
    sql`select m.contact_id, m.id, m.state, cast(unix_timestamp(${sentAt}) * 1000 as signed) as at
      from messages m join runs r on ${scope.own("r")} and r.id = m.source_id
      where ${scope.own("m")} and m.contact_id in (${ids(sorted)}) and m.id >= ${firstId(since)}
        and m.is_direct = 0 and m.source_id <> ${idToBytes(runId)} and r.channel = ${channel}
        and (m.state = 'sending' or (m.state in ('accepted','delivered','complained','unknown') and ${sentAt} > ${since}))`,
  );
  for (const row of rows as { contact_id: Uint8Array; id: Uint8Array; state: string; at: string | null }[]) {
    const contactId = idFromBytes("ctc", row.contact_id);
    const recent = found.get(contactId) ?? { sentMs: [], underWay: [] };
    if (row.state === "sending") recent.underWay.push(idFromBytes("msg", row.id));
    else recent.sentMs.push(Number(row.at));
    found.set(contactId, recent);
  }
  return found;
}

function ids(list: readonly ContactId[]): SQL {
  return sql.join(
    list.map((id) => sql`${idToBytes(id)}`),
    sql`, `,
  );
}

/** The smallest id a row can have that was sent after `since`: the first 48 bits are its moment (RFC 9562 §5.7). */
function firstId(since: Date): Uint8Array {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(Math.max(0, since.getTime() - longestWaitMs)) << 16n);
  return bytes;
}

export type HeldRow = {
  readonly contactId: ContactId;
  readonly messageId: MessageId;
  readonly address: string;
  readonly reason: string;
  readonly until: Date;
};

/**
 * Puts rows an attempt claimed back until they may go, in one statement: the try does not count, the first hold stands.
 * `since` null: not held by a policy, whose patience ends, but by the pace.
 */
export async function holdRows(
  scope: TenantDb,
  runId: RunId,
  attemptId: Uint8Array,
  rows: readonly HeldRow[],
  since: Date | null,
): Promise<void> {
  if (rows.length === 0) return;
  const sorted = [...rows].sort((a, b) => (a.contactId < b.contactId ? -1 : 1));
  const values: Literal[][] = sorted.map((row) => [
    { id: scope.tenantId },
    { id: runId },
    0,
    { id: row.contactId },
    { id: row.messageId },
    "queued",
    row.reason.slice(0, 300),
    row.address,
    row.until,
    since,
  ]);
  const mine = `attempt_id = ${bytesLiteral(attemptId)} and state = 'sending'`;
  // MySQL assigns from left to right: `state` goes last, or the conditions before it would see the new one.
  const statement = rawStatement(
    `insert into messages (tenant_id, source_id, step, contact_id, id, state, reason, address, not_before, held_since) values ${rowsLiteral(values)} on duplicate key update ` +
      `tries = if(${mine}, greatest(tries - 1, 0), tries), ` +
      `held_since = if(${mine}, coalesce(held_since, values(held_since)), held_since), ` +
      `not_before = if(${mine}, values(not_before), not_before), ` +
      `reason = if(${mine}, values(reason), reason), ` +
      `state = if(${mine}, values(state), state)`,
  );
  await retryLocks(() => scope.execute(statement));
}
