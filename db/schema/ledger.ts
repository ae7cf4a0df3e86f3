/** The ledger: one row per recipient and send, the truth behind every number; and what happened to each. */
import {
  boolean,
  index,
  int,
  json,
  mysqlTable,
  primaryKey,
  tinyint,
  uniqueIndex,
  varchar,
} from "drizzle-orm/mysql-core";
import type { MessageState, SkipReason } from "#domain/sending/ledger";
import type { EventKind } from "#domain/tracking/event";
import { blob, id, moment, tenantId } from "../columns.ts";

export const messages = mysqlTable(
  "messages",
  {
    tenantId: tenantId(),
    /** The run (or the transactional request, domain/sending/source.ts) this message belongs to. */
    sourceId: id("run", "source_id").notNull(),
    step: tinyint("step").notNull().default(0),
    contactId: id("ctc", "contact_id").notNull(),
    id: id("msg").notNull(),
    /** `source_id` is a transactional request, not a run. */
    isDirect: boolean("is_direct").notNull().default(false),
    state: varchar("state", { length: 10 }).$type<MessageState>().notNull(),
    /** Why it was skipped or failed, or why its outcome is unknown. */
    reason: varchar("reason", { length: 300 }).$type<SkipReason | (string & {})>().notNull().default(""),
    /** The address as it was when the audience was frozen. */
    address: varchar("address", { length: 254 }).notNull(),
    tries: tinyint("tries").notNull().default(0),
    notBefore: moment("not_before"),
    /** Since when a cap or quiet hours keep it back; null where they do not, or not yet. */
    heldSince: moment("held_since"),
    /** The attempt that claimed the row last; only it may record the outcome. */
    attemptId: blob("attempt_id", "binary(16)"),
    /** By which connection that attempt sent: evidence and idempotency keys belong to it alone. */
    connectionId: id("cxn", "connection_id"),
    claimedAt: moment("claimed_at"),
    providerMessageId: varchar("provider_message_id", { length: 120 }),
    acceptedAt: moment("accepted_at"),
    /** First open and click by a person; machines are told apart in domain/tracking/event.ts. */
    openedAt: moment("opened_at"),
    clickedAt: moment("clicked_at"),
    machineOpenedAt: moment("machine_opened_at"),
    unsubscribedAt: moment("unsubscribed_at"),
    /** Parts of a text message; 0 for mail. */
    segments: tinyint("segments").notNull().default(0),
  },
  (t) => [
    // One recipient, one row: whatever repeats, this key makes it harmless. A run's rows also lie together on disk.
    primaryKey({ columns: [t.tenantId, t.sourceId, t.step, t.contactId] }),
    uniqueIndex("messages_id").on(t.tenantId, t.id),
    index("messages_contact").on(t.tenantId, t.contactId, t.id),
  ],
);

/**
 * What an attempt is about to say, kept before it is said: where a provider takes idempotency keys, a crash between
 * accept and record is healed by asking again with the same key and the very same payload.
 */
export const sendBatches = mysqlTable(
  "send_batches",
  {
    tenantId: tenantId(),
    sourceId: id("run", "source_id").notNull(),
    attemptId: blob("attempt_id", "binary(16)").notNull(),
    connectionId: id("cxn", "connection_id").notNull(),
    position: int("position").notNull(),
    /** JSON, deflated: the inputs of each rendering, in the order of the call. */
    inputs: blob("inputs", "mediumblob").notNull(),
    createdAt: moment("created_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.sourceId, t.attemptId, t.position] }),
    index("send_batches_age").on(t.createdAt),
  ],
);

export const messageEvents = mysqlTable(
  "message_events",
  {
    tenantId: tenantId(),
    id: id("evt").notNull(),
    messageId: id("msg", "message_id").notNull(),
    contactId: id("ctc", "contact_id").notNull(),
    sourceId: id("run", "source_id").notNull(),
    kind: varchar("kind", { length: 14 }).$type<EventKind>().notNull(),
    /** SHA-256 over origin and the origin's own event id: the same report twice is one row. */
    dedupeKey: blob("dedupe_key", "binary(16)").notNull(),
    /** 1 where the rules of domain/tracking/event.ts say that no person did this. */
    machine: tinyint("machine").notNull().default(0),
    /** The version of the rules that judged it (domain/tracking/rules.ts). */
    rules: tinyint("rules").notNull().default(1),
    linkPosition: int("link_position"),
    /** Address and agent of whoever came, hashed; null where a provider reports it. One visitor at many recipients' links is a machine. */
    visitor: blob("visitor", "binary(8)"),
    detail: varchar("detail", { length: 500 }).notNull().default(""),
    data: json("data").$type<Record<string, string | number | null>>().notNull(),
    at: moment("at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    uniqueIndex("message_events_dedupe").on(t.tenantId, t.dedupeKey),
    index("message_events_contact").on(t.tenantId, t.contactId, t.id),
    index("message_events_source").on(t.tenantId, t.sourceId, t.kind, t.at),
    index("message_events_visitor").on(t.tenantId, t.sourceId, t.visitor, t.at),
  ],
);
