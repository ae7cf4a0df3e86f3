/** A run's chunks as the coordinator keeps them: who is next, who is under way, who is due again. A cache of the ledger. */
import type { ContactId } from "#domain/ids";

export type Chunk = {
  readonly n: number;
  readonly after: ContactId | null;
  readonly upTo: ContactId;
  /** People in it that may have to be sent to now; others of it may be due later. */
  readonly due: number;
  readonly attempt: number;
};
/** What of a chunk is left: `due` of the `open` at `dueAtMs`, the others later. */
export type Work = { readonly open: number; readonly due: number; readonly dueAtMs: number };
type Row = { n: number; after: string; up_to: string; due: number; attempt: number };

export class ChunkPlan {
  readonly #sql: SqlStorage;
  constructor(sql: SqlStorage) {
    this.#sql = sql;
    // A plan of an older shape is given up: a coordinator without one draws it anew from the ledger.
    sql.exec("drop table if exists chunks");
    sql.exec(`create table if not exists plan (
      n integer primary key, after text not null, up_to text not null, open integer not null, due integer not null,
      state text not null, due_at integer not null, lease_until integer not null, attempt integer not null,
      failures integer not null default 0, failed_attempt integer not null default 0)`);
    // A long run has thousands of chunks, and looks for the next one after each.
    sql.exec("create index if not exists plan_state on plan (state, n)");
  }

  clear(): void {
    this.#sql.exec("delete from plan");
  }
  /** A chunk drawn twice stays as it is. */
  add(n: number, after: ContactId | null, upTo: ContactId, { open, due, dueAtMs }: Work): void {
    this.#sql.exec(
      "insert or ignore into plan (n, after, up_to, open, due, state, due_at, lease_until, attempt) values (?, ?, ?, ?, ?, ?, ?, 0, 0)",
      n,
      after ?? "",
      upTo,
      open,
      due,
      open > 0 ? "pending" : "settled",
      open > 0 ? dueAtMs : 0,
    );
  }
  /** The first that is due. */
  next(nowMs: number): Chunk | undefined {
    const sql = "select * from plan where state = 'pending' and due_at <= ? order by n limit 1";
    const row = this.#sql.exec<Row>(sql, nowMs).toArray()[0];
    return row && chunkOf(row);
  }
  lease(n: number, leaseUntilMs: number): number {
    this.#sql.exec(
      "update plan set state = 'leased', lease_until = ?, attempt = attempt + 1 where n = ?",
      leaseUntilMs,
      n,
    );
    return this.#sql.exec<{ attempt: number }>("select attempt from plan where n = ?", n).one().attempt;
  }
  /**
   * Only the attempt that holds the lease may settle; a late report of an older one changes nothing. A message delivered
   * twice gives two reports of one attempt: whichever comes last, the one that knows of less left to do stands.
   */
  settle(n: number, attempt: number, { open, due, dueAtMs }: Work): void {
    const state = open > 0 ? "pending" : "settled";
    this.#sql.exec(
      "update plan set state = ?, open = ?, due = ?, due_at = ?, failures = 0 where n = ? and attempt = ? and (state = 'leased' or (state = 'pending' and open > ?))",
      state,
      open,
      due,
      dueAtMs,
      n,
      attempt,
      open,
    );
  }
  /** An attempt at a chunk died with an error; answers how many attempts in a row did, each counted once. */
  noteFailure(n: number, attempt: number): number {
    this.#sql.exec(
      "update plan set failures = failures + 1, failed_attempt = ? where n = ? and attempt = ? and failed_attempt < ?",
      attempt,
      n,
      attempt,
      attempt,
    );
    const rows = this.#sql.exec<{ failures: number }>("select failures from plan where n = ?", n).toArray();
    return rows[0]?.failures ?? 0;
  }
  /** Leases that ran out: their consumers died, or their messages were lost. */
  expire(nowMs: number): number {
    const sql = "update plan set state = 'pending', due_at = 0 where state = 'leased' and lease_until <= ?";
    return this.#sql.exec(sql, nowMs).rowsWritten;
  }
  /** Makes the chunk that holds `contactId` due again; answers its end, or undefined where no chunk holds it. */
  reopen(contactId: ContactId, dueAtMs: number): ContactId | undefined {
    const row = this.#sql
      .exec<Row>(
        "select * from plan where up_to >= ? and after < ? order by up_to limit 1",
        contactId,
        contactId,
      )
      .toArray()[0];
    if (!row) return undefined;
    this.#sql.exec(
      "update plan set state = 'pending', due_at = ?, open = max(open, 1), due = max(due, 1) where n = ? and state <> 'leased'",
      dueAtMs,
      row.n,
    );
    return row.up_to as ContactId;
  }
  /** Nothing waits any more: the run was cancelled. */
  settleAll(): void {
    this.#sql.exec("update plan set state = 'settled', open = 0 where state = 'pending'");
  }
  /** Brings waiting chunks forward: after a resume nothing waits for an old penalty. */
  hurry(): void {
    this.#sql.exec("update plan set due_at = 0 where state = 'pending'");
    this.#sql.exec("update plan set failures = 0");
  }
  leased(): number {
    const sql = "select count(*) as c from plan where state = 'leased'";
    return this.#sql.exec<{ c: number }>(sql).one().c;
  }
  /** Nothing waits and nothing is under way. */
  isSettled(): boolean {
    const sql = "select 1 from plan where state in ('pending', 'leased') limit 1";
    return this.#sql.exec(sql).toArray().length === 0;
  }
  /** When something changes by itself: a chunk falls due or a lease runs out. */
  wakeAtMs(): number | undefined {
    const sql = `select min(at) as at from (
      select min(due_at) as at from plan where state = 'pending' union all
      select min(lease_until) as at from plan where state = 'leased')`;
    return this.#sql.exec<{ at: number | null }>(sql).one().at ?? undefined;
  }
}

function chunkOf(row: Row): Chunk {
  return {
    n: row.n,
    after: row.after === "" ? null : (row.after as ContactId),
    upTo: row.up_to as ContactId,
    due: row.due,
    attempt: row.attempt,
  };
}
