/** Imports: their state, their checkpoint, and the rows they refused. */
import { and, asc, desc, eq, gt, inArray, isNull, lt, or, sql } from "drizzle-orm";
import type { ImportOptions, ImportPreview, ImportState, RejectionReason } from "#domain/contact/import";
import { type ImportId, idToBytes } from "#domain/ids";
import { importErrors, imports } from "../schema/imports.ts";
import type { TenantDb } from "../scope.ts";

export type Import = {
  readonly id: ImportId;
  readonly fileName: string;
  readonly fileKey: string;
  readonly sizeBytes: number;
  readonly state: ImportState;
  readonly preview: ImportPreview;
  readonly options: ImportOptions | null;
  /** Every row before this byte is settled. */
  readonly cursorBytes: number;
  /** Lines before that byte. */
  readonly cursorLine: number;
  readonly rowsRead: number;
  readonly rowsCreated: number;
  readonly rowsUpdated: number;
  readonly rowsUnchanged: number;
  readonly rowsRejected: number;
  readonly failure: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
};

const shown = {
  id: imports.id,
  fileName: imports.fileName,
  fileKey: imports.fileKey,
  sizeBytes: imports.sizeBytes,
  state: imports.state,
  preview: imports.preview,
  options: imports.options,
  cursorBytes: imports.cursorBytes,
  cursorLine: imports.cursorLine,
  rowsRead: imports.rowsRead,
  rowsCreated: imports.rowsCreated,
  rowsUpdated: imports.rowsUpdated,
  rowsUnchanged: imports.rowsUnchanged,
  rowsRejected: imports.rowsRejected,
  failure: imports.failure,
  createdBy: imports.createdBy,
  createdAt: imports.createdAt,
  updatedAt: imports.updatedAt,
  startedAt: imports.startedAt,
  finishedAt: imports.finishedAt,
};

export async function getImport(scope: TenantDb, id: ImportId): Promise<Import | undefined> {
  const [row] = await scope.pick(shown, imports, eq(imports.id, id));
  return row;
}

/** Newest first. */
export async function listImports(
  scope: TenantDb,
  page: { readonly before?: ImportId | undefined; readonly limit: number },
): Promise<Import[]> {
  return scope
    .pick(shown, imports, page.before ? lt(imports.id, page.before) : undefined)
    .orderBy(desc(imports.id))
    .limit(page.limit);
}

export type NewImport = Pick<
  Import,
  "id" | "fileName" | "fileKey" | "sizeBytes" | "preview" | "createdBy" | "createdAt"
>;

export async function insertImport(scope: TenantDb, row: NewImport): Promise<void> {
  await scope.insert(imports, { ...row, state: "uploaded", options: null, updatedAt: row.createdAt });
}

/** Compare-and-set: whether the import was in one of `from`. */
export async function moveImport(
  scope: TenantDb,
  id: ImportId,
  from: readonly ImportState[],
  change: {
    readonly state: ImportState;
    readonly options?: ImportOptions;
    readonly failure?: string;
    readonly startedAt?: Date;
    readonly finishedAt?: Date;
    readonly updatedAt: Date;
  },
): Promise<boolean> {
  const where = and(eq(imports.id, id), inArray(imports.state, [...from]));
  const { rowsAffected } = await scope.update(imports, { ...change, leaseUntil: null }, where);
  return rowsAffected > 0;
}

/** One worker at a time: whether the import runs and nobody holds it. */
export async function leaseImport(scope: TenantDb, id: ImportId, now: Date, until: Date): Promise<boolean> {
  const free = or(isNull(imports.leaseUntil), lt(imports.leaseUntil, now));
  const where = and(eq(imports.id, id), eq(imports.state, "running"), free);
  const { rowsAffected } = await scope.update(imports, { leaseUntil: until }, where);
  return rowsAffected > 0;
}

/** Lets another worker take it up at once; only while nobody else moved the checkpoint on. */
export async function releaseImport(scope: TenantDb, id: ImportId, cursorBytes: number): Promise<void> {
  await scope.update(
    imports,
    { leaseUntil: null },
    and(eq(imports.id, id), eq(imports.cursorBytes, cursorBytes)),
  );
}

export type ImportErrorRow = {
  readonly line: number;
  readonly reason: RejectionReason;
  readonly detail: string;
  readonly row: readonly string[];
};

/** In the order of the file. */
export async function listImportErrors(
  scope: TenantDb,
  id: ImportId,
  page: { readonly after?: number | undefined; readonly limit: number },
): Promise<ImportErrorRow[]> {
  const after = page.after === undefined ? undefined : gt(importErrors.line, page.after);
  const rows = await scope
    .select(importErrors, and(eq(importErrors.importId, id), after))
    .orderBy(asc(importErrors.line))
    .limit(page.limit);
  return rows.map(({ line, reason, detail, row }) => ({
    line,
    reason: reason as RejectionReason,
    detail,
    row,
  }));
}

export async function countImportErrors(scope: TenantDb, id: ImportId): Promise<number> {
  const { rows } = await scope.execute(
    sql`select count(*) as n from import_errors ie where ${scope.own("ie")} and ie.import_id = ${idToBytes(id)}`,
  );
  return Number((rows as { n: string }[])[0]?.n ?? 0);
}
