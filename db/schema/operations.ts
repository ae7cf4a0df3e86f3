/** What operators look after: work that failed for good, and what providers told us, as they told it. */
import { index, int, json, mysqlTable, primaryKey, tinyint, varchar } from "drizzle-orm/mysql-core";
import { blob, id, moment, tenantId } from "../columns.ts";

export const deadLetterStates = ["waiting", "redriven", "discarded"] as const;
export type DeadLetterState = (typeof deadLetterStates)[number];

export const deadLetters = mysqlTable(
  "dead_letters",
  {
    tenantId: tenantId(),
    id: id("dlt").notNull(),
    queue: varchar("queue", { length: 60 }).notNull(),
    /** The queue's own id of the message, so that a repeat is one row. */
    messageKey: varchar("message_key", { length: 80 }).notNull(),
    body: json("body").notNull(),
    state: varchar("state", { length: 10 }).$type<DeadLetterState>().notNull().default("waiting"),
    /** What the last attempt died of, where it is known. */
    error: varchar("error", { length: 500 }).notNull().default(""),
    settledAt: moment("settled_at"),
    at: moment("at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index("dead_letters_key").on(t.tenantId, t.messageKey),
  ],
);

/** Verified reports of providers, kept so that they can be looked at and read again after a mistake of ours. */
export const hookPayloads = mysqlTable(
  "hook_payloads",
  {
    tenantId: tenantId(),
    id: id("hkp").notNull(),
    connectionId: id("cxn", "connection_id").notNull(),
    /** Deflated JSON of method, url, headers and raw body; empty where the body lies in R2 under `raw_key`. */
    request: blob("request", "mediumblob").notNull(),
    rawKey: varchar("raw_key", { length: 200 }),
    events: int("events").notNull().default(0),
    /** How often it was read: once, and once per replay. */
    readings: tinyint("readings").notNull().default(1),
    receivedAt: moment("received_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index("hook_payloads_connection").on(t.tenantId, t.connectionId, t.id),
    index("hook_payloads_age").on(t.receivedAt),
  ],
);

/** Reports whose signature was wrong, counted by the hour: a row per forgery would be a gift to whoever forges. */
export const forgedReports = mysqlTable(
  "forged_reports",
  {
    tenantId: tenantId(),
    connectionId: id("cxn", "connection_id").notNull(),
    /** The hour's beginning. */
    hour: moment("hour").notNull(),
    count: int("count").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.connectionId, t.hour] }),
    index("forged_reports_age").on(t.hour),
  ],
);

/** How far the opens and clicks of a run have been judged anew (queues/consumers/rejudge.ts). One row per run: the latest. */
export const rejudgements = mysqlTable(
  "rejudgements",
  {
    tenantId: tenantId(),
    runId: id("run", "run_id").notNull(),
    /** The version of the rules it judges by. */
    rules: tinyint("rules").notNull(),
    /** The last contact done, in the order of the ledger's key; null before the first page. */
    after: id("ctc", "after_contact_id"),
    /** Messages in the run, those looked at, and hits whose judgement changed. */
    total: int("total").notNull(),
    done: int("done").notNull().default(0),
    changed: int("changed").notNull().default(0),
    startedAt: moment("started_at").notNull(),
    finishedAt: moment("finished_at"),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.runId] })],
);
