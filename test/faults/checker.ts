/**
 * The judge. It knows the audience file, the far end's own log and the ledger, and nothing of how mail is sent:
 * who should have got a mail, who did, and whether the ledger tells the same story.
 */
import { createConnection } from "mysql2/promise";

export type FarMail = { readonly to: string; readonly messageId: string };
export type LedgerRow = {
  readonly address: string;
  readonly state: string;
  readonly reason: string;
  readonly id: string;
};

export type Judgement = {
  readonly sent: number;
  /** Mails beyond the first to one person. */
  readonly duplicates: number;
  /** People of the file with no mail and no reason in the ledger. */
  readonly lost: number;
  readonly unknown: number;
  /** Ledger rows that contradict the far end: accepted without a mail, or skipped, failed or queued with one. */
  readonly unexplained: number;
};

const tookPlace = new Set(["accepted", "delivered", "bounced", "complained"]);

export function judge(
  addresses: readonly string[],
  mails: readonly FarMail[],
  ledger: readonly LedgerRow[],
): Judgement {
  const mailsTo = new Map<string, number>();
  for (const mail of mails) mailsTo.set(mail.to, (mailsTo.get(mail.to) ?? 0) + 1);
  const rowOf = new Map(ledger.map((row) => [row.address, row]));
  let duplicates = 0;
  let lost = 0;
  let unexplained = ledger.length - rowOf.size;
  for (const count of mailsTo.values()) duplicates += count - 1;
  for (const address of addresses) {
    const row = rowOf.get(address);
    const mailed = (mailsTo.get(address) ?? 0) > 0;
    if (!row) lost++;
    else if (tookPlace.has(row.state) !== mailed && row.state !== "unknown") {
      if (mailed) unexplained++;
      else if (tookPlace.has(row.state)) lost++;
      else if (row.reason === "") lost++;
    }
  }
  const known = new Set(addresses);
  for (const address of mailsTo.keys()) if (!known.has(address)) unexplained++;
  const unknownRows = ledger.filter((row) => row.state === "unknown");
  unexplained += unknownRows.filter((row) => row.reason === "").length;
  return { sent: mails.length, duplicates, lost, unknown: unknownRows.length, unexplained };
}

/** Straight from MySQL, not through the product. */
export async function readLedger(
  mysql: { host: string; port: number; user: string; password: string; database?: string },
  runStates: readonly string[] = [],
): Promise<LedgerRow[]> {
  const connection = await createConnection({
    host: mysql.host,
    port: mysql.port,
    user: mysql.user,
    password: mysql.password,
    database: mysql.database ?? "larkpost",
  });
  try {
    const [rows] = await connection.query("select address, state, reason, hex(id) as id from messages");
    return (rows as LedgerRow[]).filter((row) => runStates.length === 0 || runStates.includes(row.state));
  } finally {
    await connection.end();
  }
}
