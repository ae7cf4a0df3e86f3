/** Tags, lists, segments: ways to say "these people". */
import { index, int, json, mysqlTable, primaryKey, uniqueIndex, varchar } from "drizzle-orm/mysql-core";
import type { SegmentRule } from "#domain/segment/schema";
import { createdAt, id, moment, tenantId, updatedAt } from "../columns.ts";

export const tags = mysqlTable(
  "tags",
  {
    tenantId: tenantId(),
    id: id("tag").notNull(),
    name: varchar("name", { length: 60 }).notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), uniqueIndex("tags_name").on(t.tenantId, t.name)],
);

export const contactTags = mysqlTable(
  "contact_tags",
  {
    tenantId: tenantId(),
    contactId: id("ctc", "contact_id").notNull(),
    tagId: id("tag", "tag_id").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.contactId, t.tagId] }),
    index("contact_tags_tag").on(t.tenantId, t.tagId, t.contactId),
  ],
);

export const lists = mysqlTable(
  "lists",
  {
    tenantId: tenantId(),
    id: id("lst").notNull(),
    name: varchar("name", { length: 120 }).notNull(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), uniqueIndex("lists_name").on(t.tenantId, t.name)],
);

export const listMembers = mysqlTable(
  "list_members",
  {
    tenantId: tenantId(),
    listId: id("lst", "list_id").notNull(),
    contactId: id("ctc", "contact_id").notNull(),
    addedAt: moment("added_at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.listId, t.contactId] }),
    index("list_members_contact").on(t.tenantId, t.contactId),
  ],
);

export const segments = mysqlTable(
  "segments",
  {
    tenantId: tenantId(),
    id: id("seg").notNull(),
    name: varchar("name", { length: 120 }).notNull(),
    rule: json("rule").$type<SegmentRule>().notNull(),
    /** The count when it was last taken, and when; exact counts are asked of the database. */
    lastCount: int("last_count"),
    countedAt: moment("counted_at"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] }), uniqueIndex("segments_name").on(t.tenantId, t.name)],
);
