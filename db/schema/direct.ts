/** Transactional messages asked for by API, and the keys that make asking twice harmless; what people write back. */
import { sql } from "drizzle-orm";
import {
  index,
  int,
  json,
  mysqlTable,
  primaryKey,
  tinyint,
  uniqueIndex,
  varchar,
} from "drizzle-orm/mysql-core";
import type { Channel } from "#domain/contact/consent";
import type { Keyword } from "#domain/sms/keywords";
import { blob, createdAt, id, moment, tenantId } from "../columns.ts";

/** One per message; its recipient's row is in the ledger, with this id as its source. */
export const directSends = mysqlTable(
  "direct_sends",
  {
    tenantId: tenantId(),
    id: id("dir").notNull(),
    messageId: id("msg", "message_id").notNull(),
    channel: varchar("channel", { length: 5 }).$type<Channel>().notNull(),
    connectionId: id("cxn", "connection_id").notNull(),
    templateId: id("tpl", "template_id"),
    /** Normal form: an e-mail address or E.164. */
    address: varchar("address", { length: 254 }).notNull().default(""),
    /** As rendered, cut: for lists. The first words of a text message. */
    subject: varchar("subject", { length: 200 }).notNull().default(""),
    tags: json("tags").$type<string[]>().notNull().default(sql`(json_array())`),
    /** The rendered message, deflated JSON: what is sent is what was answered for, however often it is tried. */
    content: blob("content", "mediumblob").notNull(),
    /** 0 once the content was emptied for its age; bytes there are none then. */
    hasContent: tinyint("has_content").notNull().default(1),
    /** Where attachments lie in R2; null without any. */
    attachmentsKey: varchar("attachments_key", { length: 200 }),
    /** The caller's own words about it, given back with every report. */
    metadata: json("metadata").$type<Record<string, string>>().notNull().default(sql`(json_object())`),
    sendAt: moment("send_at").notNull(),
    createdBy: varchar("created_by", { length: 40 }).notNull(),
    createdAt: createdAt(),
    /** Settled for good: nothing looks at it any more. */
    finishedAt: moment("finished_at"),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    // The sweep looks for those that are due and open, whosever they are.
    index("direct_sends_open").on(t.finishedAt, t.sendAt),
    // The sweep empties what was settled long ago, and must not walk over what it emptied before.
    index("direct_sends_kept").on(t.hasContent, t.finishedAt),
    index("direct_sends_address").on(t.tenantId, t.address, t.id),
    // What else left by a connection in the same minutes: whether its reports come through.
    index("direct_sends_connection").on(t.tenantId, t.connectionId, t.sendAt),
  ],
);

export const idempotencyKeys = mysqlTable(
  "idempotency_keys",
  {
    tenantId: tenantId(),
    /** SHA-256 over credential, route and key. */
    keyHash: blob("key_hash", "binary(32)").notNull(),
    bodyHash: blob("body_hash", "binary(32)").notNull(),
    /** 0 while the first request is under way. */
    status: int("status").notNull().default(0),
    /** Sealed JSON with the tenant's key: answers may hold what is shown only once. */
    answer: blob("answer", "mediumblob"),
    /** While the first request is under way; past this it is taken for dead and may be repeated. */
    leasedUntil: moment("leased_until").notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.keyHash] }), index("idempotency_keys_age").on(t.createdAt)],
);

/** What came back by text message. */
export const replies = mysqlTable(
  "replies",
  {
    tenantId: tenantId(),
    id: id("rpl").notNull(),
    connectionId: id("cxn", "connection_id").notNull(),
    /** Null where nobody with this number is known. */
    contactId: id("ctc", "contact_id"),
    fromAddress: varchar("from_address", { length: 254 }).notNull(),
    toAddress: varchar("to_address", { length: 254 }).notNull(),
    text: varchar("text", { length: 2000 }).notNull(),
    /** `stop`, `start`, `help`, or empty. */
    keyword: varchar("keyword", { length: 8 }).$type<Keyword | "">().notNull().default(""),
    /** 1 where the words ask to leave without being a keyword: for a person to read. */
    needsReview: tinyint("needs_review").notNull().default(0),
    dedupeKey: blob("dedupe_key", "binary(16)").notNull(),
    at: moment("at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index("replies_contact").on(t.tenantId, t.contactId, t.id),
    // What was received before is known by its number: a loop of machines answering each other ends there.
    index("replies_from").on(t.tenantId, t.fromAddress, t.at),
    uniqueIndex("replies_dedupe").on(t.tenantId, t.dedupeKey),
  ],
);
