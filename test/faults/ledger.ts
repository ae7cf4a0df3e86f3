/** The ledger as MySQL holds it, read past the product. */
import { createConnection, type RowDataPacket } from "mysql2/promise";
import { idFromBytes } from "#domain/ids";

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

/** Every row of the campaign of that name. */
export async function readLedger(mysql: MysqlDoor, campaignName: string): Promise<LedgerRow[]> {
  const { host, port, user, password, database } = mysql;
  const connection = await createConnection({ host, port, user, password, database });
  try {
    const [rows] = await connection.query<Row[]>(
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
  } finally {
    await connection.end();
  }
}
