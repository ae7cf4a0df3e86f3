/** The ledger as MySQL holds it, read past the product. */
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { idFromBytes, idToBytes, isId, mintedAtMs } from "#domain/ids";

export type LedgerRow = {
  readonly messageId: string;
  readonly address: string;
  readonly state: string;
  readonly reason: string;
  readonly tries: number;
  /** When the last attempt took it; null when none did. */
  readonly claimedAtMs: number | null;
};

export type MysqlDoor = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
};

type Row = RowDataPacket & {
  id: Buffer;
  address: string;
  state: string;
  reason: string;
  tries: number;
  claimed: string | null;
};

async function ask<R extends RowDataPacket>(mysql: MysqlDoor, sql: string, values: unknown[]): Promise<R[]> {
  const { host, port, user, password, database } = mysql;
  const connection = await createConnection({ host, port, user, password, database });
  try {
    return (await connection.query<R[]>(sql, values))[0];
  } finally {
    await connection.end();
  }
}

/** Nothing imports consent to texts: here everybody in the file has given it. */
export async function allowTexts(mysql: MysqlDoor): Promise<void> {
  await ask(mysql, "update contacts set sms_consent = 'subscribed'", []);
}

/** Every row of the campaign of that name. */
export async function readLedger(mysql: MysqlDoor, campaignName: string): Promise<LedgerRow[]> {
  const rows = await ask<Row>(
    mysql,
    `select m.id, m.address, m.state, m.reason, m.tries,
         date_format(m.claimed_at, '%Y-%m-%dT%H:%i:%s.%fZ') as claimed
       from messages m join runs r on r.tenant_id = m.tenant_id and r.id = m.source_id
         join campaigns c on c.tenant_id = r.tenant_id and c.id = r.campaign_id
       where c.name = ?`,
    [campaignName],
  );
  return rows.map(({ id, address, state, reason, tries, claimed }) => ({
    messageId: idFromBytes("msg", id),
    address,
    state,
    reason,
    tries,
    claimedAtMs: claimed === null ? null : Date.parse(claimed),
  }));
}

/** When the youngest attempt began whose outcome is unknown; undefined where there is none. */
export async function newestDoubt(mysql: MysqlDoor, campaignName: string): Promise<number | undefined> {
  const [row] = await ask<RowDataPacket & { claimed: string | null }>(
    mysql,
    `select date_format(max(m.claimed_at), '%Y-%m-%dT%H:%i:%s.%fZ') as claimed
     from messages m join runs r on r.tenant_id = m.tenant_id and r.id = m.source_id
       join campaigns c on c.tenant_id = r.tenant_id and c.id = r.campaign_id
     where c.name = ? and m.state = 'unknown'`,
    [campaignName],
  );
  return row?.claimed ? Date.parse(row.claimed) : undefined;
}

export type Heard = { readonly kind: string; readonly atMs: number };

/** What was written down of a message, and when that was: to tell a report that came late from one that never came. */
export async function readEvents(mysql: MysqlDoor, messageId: string): Promise<Heard[]> {
  if (!isId("msg", messageId)) return [];
  const rows = await ask<RowDataPacket & { id: Buffer; kind: string }>(
    mysql,
    "select id, kind from message_events where message_id = ? order by id",
    [Buffer.from(idToBytes(messageId))],
  );
  return rows.map(({ id, kind }) => ({ kind, atMs: mintedAtMs(idFromBytes("evt", id)) }));
}
