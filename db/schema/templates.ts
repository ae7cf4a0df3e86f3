/** Templates and their immutable versions. */
import { int, json, mediumtext, mysqlTable, primaryKey, varchar } from "drizzle-orm/mysql-core";
import type { Channel } from "#domain/contact/consent";
import { createdAt, id, moment, tenantId, updatedAt } from "../columns.ts";

export const templates = mysqlTable(
  "templates",
  {
    tenantId: tenantId(),
    id: id("tpl").notNull(),
    name: varchar("name", { length: 120 }).notNull(),
    /** A text message has no subject and no HTML. */
    channel: varchar("channel", { length: 5 }).$type<Channel>().notNull().default("email"),
    currentVersion: int("current_version").notNull(),
    archivedAt: moment("archived_at"),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] })],
);

export const templateVersions = mysqlTable(
  "template_versions",
  {
    tenantId: tenantId(),
    templateId: id("tpl", "template_id").notNull(),
    version: int("version").notNull(),
    subject: varchar("subject", { length: 998 }).notNull(),
    preheader: varchar("preheader", { length: 255 }).notNull().default(""),
    html: mediumtext("html").notNull(),
    /** Empty: made from the HTML. */
    text: mediumtext("text").notNull(),
    /** Fallback per variable, used where a contact has no value: `{"first_name": "there"}`. */
    defaults: json("defaults").$type<Record<string, string>>().notNull(),
    createdBy: varchar("created_by", { length: 40 }).notNull(),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.templateId, t.version] })],
);
