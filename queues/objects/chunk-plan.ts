/** A run's chunks as the coordinator keeps them: who is next, who is under way, who is due again. A cache of the ledger. */
import type { ContactId } from "#domain/ids";

export type Chunk = {
  readonly n: number;
  readonly after: ContactId | null;
  readonly upTo: ContactId;
  /** People in it that may still have to be sent to. */
  readonly open: number;
  readonly attempt: number;
};
type Row = { n: number; after: string; up_to: string; open: number; attempt: number };

export class ChunkPlan {
  readonly #sql: SqlStorage;
  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`create table if not exists chunks (
      n integer primary key, after text not null, up_to text not null, open integer not null,
      state text not null, due_at integer not null, lease_until integer not null, attempt integer not null)`);
  }

  clear(): void {
    this.#sql.exec("delete from chunks");
  }
  /** A chunk drawn twice stays as it is. */
  add(n: number, after: ContactId | null, upTo: ContactId, open: number): void {
    const state = open > 0 ? "pending" : "settled";
    this.#sql.exec(
      "insert or ignore into chunks values (?, ?, ?, ?, ?, 0, 0, 0)",
      n,
      after ?? "",
      upTo,
      open,
      state,
    );
  }
  /** The first that is due. */
  next(nowMs: number): Chunk | undefined {
    const sql = "select * from chunks where state = 'pending' and due_at <= ? order by n limit 1";
    const row = this.#sql.exec<Row>(sql, nowMs).toArray()[0];
    return row && chunkOf(row);
  }
  lease(n: number, leaseUntilMs: number): number {
    this.#sql.exec(
      "update chunks set state = 'leased', lease_until = ?, attempt = attempt + 1 where n = ?",
      leaseUntilMs,
      n,
    );
    return this.#sql.exec<{ attempt: number }>("select attempt from chunks where n = ?", n).one().attempt;
  }
  /**
   * Only the attempt that holds the lease may settle; a late report of an older one changes nothing. A message delivered
   * twice gives two reports of one attempt: whichever comes last, the one that knows of less left to do stands.
   */
  settle(n: number, attempt: number, open: number, dueAtMs: number): void {
    const state = open > 0 ? "pending" : "settled";
    this.#sql.exec(
      "update chunks set state = ?, open = ?, due_at = ? where n = ? and attempt = ? and (state = 'leased' or (state = 'pending' and open > ?))",
      state,
      open,
      dueAtMs,
      n,
      attempt,
      open,
    );
  }
  /** Leases that ran out: their consumers died, or their messages were lost. */
  expire(nowMs: number): number {
    const sql = "update chunks set state = 'pending', due_at = 0 where state = 'leased' and lease_until <= ?";
    return this.#sql.exec(sql, nowMs).rowsWritten;
  }
  /** Makes the chunk that holds `contactId` due again; answers its end, or undefined where no chunk holds it. */
  reopen(contactId: ContactId, dueAtMs: number): ContactId | undefined {
    const row = this.#sql
      .exec<Row>(
        "select * from chunks where up_to >= ? and after < ? order by up_to limit 1",
        contactId,
        contactId,
      )
      .toArray()[0];
    if (!row) return undefined;
    this.#sql.exec(
      "update chunks set state = 'pending', due_at = ?, open = max(open, 1) where n = ? and state <> 'leased'",
      dueAtMs,
      row.n,
    );
    return row.up_to as ContactId;
  }
  /** Nothing waits any more: the run was cancelled. */
  settleAll(): void {
    this.#sql.exec("update chunks set state = 'settled', open = 0 where state = 'pending'");
  }
  /** Brings waiting chunks forward: after a resume nothing waits for an old penalty. */
  hurry(): void {
    this.#sql.exec("update chunks set due_at = 0 where state = 'pending'");
  }
  counts(): { pending: number; leased: number; total: number } {
    const rows = this.#sql
      .exec<{ state: string; c: number }>("select state, count(*) as c from chunks group by state")
      .toArray();
    const of = (state: string) => rows.find((r) => r.state === state)?.c ?? 0;
    return { pending: of("pending"), leased: of("leased"), total: rows.reduce((sum, r) => sum + r.c, 0) };
  }
  /** When something changes by itself: a chunk falls due or a lease runs out. */
  wakeAtMs(): number | undefined {
    const sql = `select min(at) as at from (
      select min(due_at) as at from chunks where state = 'pending' union all
      select min(lease_until) as at from chunks where state = 'leased')`;
    return this.#sql.exec<{ at: number | null }>(sql).one().at ?? undefined;
  }
}

function chunkOf(row: Row): Chunk {
  return {
    n: row.n,
    after: row.after === "" ? null : (row.after as ContactId),
    upTo: row.up_to as ContactId,
    open: row.open,
    attempt: row.attempt,
  };
}
