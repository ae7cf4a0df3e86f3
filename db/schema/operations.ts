/** What operators look after: work that failed for good. */
import { index, json, mysqlTable, primaryKey, varchar } from "drizzle-orm/mysql-core";
import { id, moment, tenantId } from "../columns.ts";

export const deadLetters = mysqlTable(
  "dead_letters",
  {
    tenantId: tenantId(),
    id: id("dlt").notNull(),
    queue: varchar("queue", { length: 60 }).notNull(),
    /** The queue's own id of the message, so that a repeat is one row. */
    messageKey: varchar("message_key", { length: 80 }).notNull(),
    body: json("body").notNull(),
    at: moment("at").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    index("dead_letters_key").on(t.tenantId, t.messageKey),
  ],
);
