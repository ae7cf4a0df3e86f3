/** The sandbox's mails as SQLite holds them: one row each, bodies deflated together by the batch they came in. */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { MailId, MessageId } from "#domain/ids";

export type StoredBody = {
  readonly html: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
};

export type NewMail = StoredBody & {
  readonly id: MailId;
  readonly messageId: MessageId;
  readonly recipient: string;
  readonly sender: string;
  readonly subject: string;
  readonly acts: number;
  readonly dueMs: number;
  readonly pixel: string | null;
  readonly link: string | null;
  readonly unsubscribe: string | null;
};

export type MailRow = {
  id: MailId;
  batch: number;
  position: number;
  message_id: MessageId;
  recipient: string;
  sender: string;
  subject: string;
  acts: number;
  acts_done: number;
  happened: number;
  tries: number;
  due_ms: number | null;
  pixel: string | null;
  link: string | null;
  unsubscribe: string | null;
  at_ms: number;
};

export type Answer = { readonly digest: string; readonly answer: string };

/** Larger mails are refused, as everywhere; at three bytes a character these still fit one row. */
export const maxMailCharacters = 600_000;
// A row of a Durable Object holds 2 MB at most.
const maxBlobBytes = 1_900_000;
const dayMs = 86_400_000;

export class SandboxStore {
  readonly #sql: SqlStorage;
  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`create table if not exists batches (id integer primary key, bodies blob not null)`);
    sql.exec(`create table if not exists mails (
      id text primary key, batch integer not null, position integer not null, message_id text not null,
      recipient text not null, sender text not null, subject text not null, acts integer not null,
      acts_done integer not null default 0, happened integer not null default 0, tries integer not null default 0,
      due_ms integer, pixel text, link text, unsubscribe text, at_ms integer not null) without rowid`);
    sql.exec(
      `create index if not exists mails_texts on mails (recipient) where substr(recipient, 1, 1) = '+'`,
    );
    sql.exec("create index if not exists mails_due on mails (due_ms) where due_ms is not null");
    sql.exec(`create table if not exists answers (
      key text primary key, digest text not null, answer text not null, at_ms integer not null)`);
  }

  answerTo(key: string, nowMs: number): Answer | undefined {
    const sql = "select digest, answer from answers where key = ? and at_ms > ?";
    return this.#sql.exec<Answer>(sql, key, nowMs - dayMs).toArray()[0];
  }
  remember(key: string, answer: Answer, nowMs: number): void {
    this.#sql.exec("delete from answers where at_ms <= ?", nowMs - dayMs);
    this.#sql.exec("insert into answers values (?, ?, ?, ?)", key, answer.digest, answer.answer, nowMs);
  }

  /** `packed` is what `pack` made of the same mails. */
  add(mails: readonly NewMail[], packed: readonly PackedBodies[], nowMs: number): void {
    let first = 0;
    for (const { bodies, count } of packed) {
      const sql = "insert into batches (bodies) values (?) returning id";
      const { id } = this.#sql.exec<{ id: number }>(sql, bodies).one();
      this.#addRows(mails.slice(first, first + count), id, nowMs);
      first += count;
    }
  }

  #addRows(mails: readonly NewMail[], batch: number, nowMs: number): void {
    // One bound parameter for any number of rows: a statement takes a hundred at most.
    const rows = mails.map((m) => [
      m.id,
      m.messageId,
      m.recipient,
      m.sender,
      m.subject,
      m.acts,
      m.dueMs,
      m.pixel,
      m.link,
      m.unsubscribe,
    ]);
    this.#sql.exec(
      `insert into mails (id, batch, position, message_id, recipient, sender, subject, acts, due_ms, pixel, link,
         unsubscribe, at_ms)
       select value ->> 0, ?, key, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
         value ->> 7, value ->> 8, value ->> 9, ? from json_each(?)`,
      batch,
      nowMs,
      JSON.stringify(rows),
    );
  }

  /** Whether a text message to this number has, or will have, been answered. */
  hasReplied(number: string): boolean {
    const sql =
      "select 1 from mails where recipient = ? and substr(recipient, 1, 1) = '+' and acts > 1 limit 1";
    return this.#sql.exec(sql, number).toArray().length > 0;
  }

  nextDueMs(): number | undefined {
    const sql = "select due_ms from mails where due_ms is not null order by due_ms limit 1";
    return this.#sql.exec<{ due_ms: number }>(sql).toArray()[0]?.due_ms;
  }
  due(nowMs: number, limit: number): MailRow[] {
    const sql = "select * from mails where due_ms <= ? order by due_ms limit ?";
    return this.#sql.exec<MailRow>(sql, nowMs, limit).toArray();
  }
  /** Only an act that is still the next one is ticked off: an alarm that ran twice changes nothing twice. */
  tick(id: MailId, actsDone: number, happened: number, dueMs: number | null): void {
    this.#sql.exec(
      `update mails set acts_done = acts_done + 1, happened = happened | ?, tries = 0, due_ms = ?
       where id = ? and acts_done = ?`,
      happened,
      dueMs,
      id,
      actsDone,
    );
  }
  postpone(id: MailId, dueMs: number): void {
    this.#sql.exec("update mails set tries = tries + 1, due_ms = ? where id = ?", dueMs, id);
  }

  list(filter: { search: string; before: string | null; limit: number }): MailRow[] {
    const { search, before, limit } = filter;
    // instr instead of like: no pattern characters, and like takes fifty bytes at most here.
    return this.#sql
      .exec<MailRow>(
        `select * from mails where (?1 is null or id < ?1) and (?2 = '' or instr(lower(recipient), ?2) > 0
           or instr(lower(subject), ?2) > 0 or message_id = ?2) order by id desc limit ?3`,
        before,
        search.toLowerCase(),
        limit,
      )
      .toArray();
  }
  mail(id: MailId): { readonly row: MailRow; readonly body: StoredBody } | undefined {
    const row = this.#sql.exec<MailRow>("select * from mails where id = ?", id).toArray()[0];
    if (!row) return undefined;
    const { bodies } = this.#sql
      .exec<{ bodies: ArrayBuffer }>("select bodies from batches where id = ?", row.batch)
      .one();
    const body = unpack(new Uint8Array(bodies))[row.position];
    return body && { row, body };
  }
  summary() {
    return this.#sql
      .exec<{
        mails: number;
        messages: number;
        recipients: number;
        waiting: number;
        first_ms: number | null;
      }>(
        `select count(*) mails, count(distinct message_id) messages, count(distinct recipient) recipients,
           coalesce(sum(case when due_ms is null then 0 else acts - acts_done end), 0) waiting, min(at_ms) first_ms
         from mails`,
      )
      .one();
  }
  clear(): void {
    for (const table of ["mails", "batches", "answers"]) this.#sql.exec(`delete from ${table}`);
  }
}

export type PackedBodies = { readonly bodies: Uint8Array; readonly count: number };

/** Mails of a batch are much alike, so they shrink best together; those that fit no row together are parted. */
export function pack(mails: readonly StoredBody[]): PackedBodies[] {
  const plain = mails.map(({ html, text, headers }) => ({ html, text, headers }));
  const bodies = deflateRawSync(JSON.stringify(plain), { level: 1 });
  if (bodies.length <= maxBlobBytes || mails.length === 1)
    return [{ bodies: new Uint8Array(bodies), count: mails.length }];
  const middle = Math.ceil(mails.length / 2);
  return [...pack(mails.slice(0, middle)), ...pack(mails.slice(middle))];
}

function unpack(bodies: Uint8Array): StoredBody[] {
  return JSON.parse(inflateRawSync(bodies).toString()) as StoredBody[];
}
