/** Imports of people from files: the file is in R2, the state and the refused rows are here. */
import { bigint, int, json, mysqlTable, primaryKey, varchar } from "drizzle-orm/mysql-core";
import type { ImportOptions, ImportPreview, ImportState } from "#domain/contact/import";
import { createdAt, id, moment, tenantId, updatedAt } from "../columns.ts";

export const imports = mysqlTable(
  "imports",
  {
    tenantId: tenantId(),
    id: id("imp").notNull(),
    fileName: varchar("file_name", { length: 255 }).notNull(),
    /** R2 key of the file as it was uploaded. */
    fileKey: varchar("file_key", { length: 200 }).notNull(),
    sizeBytes: bigint("size_bytes", { mode: "number" }).notNull(),
    state: varchar("state", { length: 12 }).$type<ImportState>().notNull(),
    preview: json("preview").$type<ImportPreview>().notNull(),
    options: json("options").$type<ImportOptions | null>(),
    /** The checkpoint: every row before this byte is settled. Moved only after its rows are written. */
    cursorBytes: bigint("cursor_bytes", { mode: "number" }).notNull().default(0),
    cursorLine: int("cursor_line").notNull().default(0),
    rowsRead: int("rows_read").notNull().default(0),
    rowsCreated: int("rows_created").notNull().default(0),
    rowsUpdated: int("rows_updated").notNull().default(0),
    rowsUnchanged: int("rows_unchanged").notNull().default(0),
    rowsRejected: int("rows_rejected").notNull().default(0),
    failure: varchar("failure", { length: 500 }).notNull().default(""),
    /** One worker holds the import until then; the sweep takes it up again afterwards. */
    leaseUntil: moment("lease_until"),
    createdBy: varchar("created_by", { length: 40 }).notNull(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
    startedAt: moment("started_at"),
    finishedAt: moment("finished_at"),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.id] })],
);

export const importErrors = mysqlTable(
  "import_errors",
  {
    tenantId: tenantId(),
    importId: id("imp", "import_id").notNull(),
    /** Line of the file on which the row begins, the first line being 1. */
    line: int("line").notNull(),
    reason: varchar("reason", { length: 40 }).notNull(),
    detail: varchar("detail", { length: 300 }).notNull(),
    row: json("row").$type<string[]>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.importId, t.line] })],
);
