/** Imports. */
import { z } from "zod";
import { getImport, type Import, listImportErrors, listImports } from "#db/repos/imports";
import { idText } from "#domain/id-schema";
import { errorFile } from "../audience/error-file.ts";
import { cancelImport, startImport, takeFile } from "../audience/imports.ts";
import { pageOfRows, readCursor } from "../cursor.ts";
import { problem } from "../problem.ts";
import { createRouter } from "../router.ts";
import * as contract from "./imports.schema.ts";

export const imports = createRouter();

const notFound = { kind: "not_found", what: "import" } as const;

imports.openapi(contract.listImports, async (c) => {
  const { limit, cursor } = c.req.valid("query");
  const before = readCursor(idText("imp"), cursor);
  if (!before.ok) return problem(c, before.error);
  const rows = await listImports(c.var.scope, { before: before.value, limit: limit + 1 });
  const page = pageOfRows(rows, limit, (last) => last.id);
  return c.json({ data: page.shown.map(importJson), next_cursor: page.nextCursor }, 200);
});

imports.openapi(contract.uploadImport, async (c) => {
  const out = await takeFile(c.var, c.req.valid("query").file_name, c.req.raw.body);
  if (!out.ok) return problem(c, out.error);
  return c.json(importJson(out.value), 201, { location: `/v1/imports/${out.value.id}` });
});

imports.openapi(contract.getImport, async (c) => {
  const job = await getImport(c.var.scope, c.req.valid("param").id);
  return job ? c.json(importJson(job), 200) : problem(c, notFound);
});

imports.openapi(contract.startImport, async (c) => {
  const out = await startImport(c.var, c.req.valid("param").id, c.req.valid("json"));
  if (!out.ok) return problem(c, out.error);
  return c.json(importJson(out.value), 202, { location: `/v1/imports/${out.value.id}` });
});

imports.openapi(contract.cancelImport, async (c) => {
  const out = await cancelImport(c.var, c.req.valid("param").id);
  return out.ok ? c.json(importJson(out.value), 200) : problem(c, out.error);
});

imports.openapi(contract.listImportErrors, async (c) => {
  const { id } = c.req.valid("param");
  const { limit, cursor } = c.req.valid("query");
  const after = readCursor(z.int(), cursor);
  if (!after.ok) return problem(c, after.error);
  if (!(await getImport(c.var.scope, id))) return problem(c, notFound);
  const rows = await listImportErrors(c.var.scope, id, { after: after.value, limit: limit + 1 });
  const page = pageOfRows(rows, limit, (last) => last.line);
  const data = page.shown.map((error) => ({ ...error, row: [...error.row] }));
  return c.json({ data, next_cursor: page.nextCursor }, 200);
});

imports.openapi(contract.importErrorFile, async (c) => {
  const job = await getImport(c.var.scope, c.req.valid("param").id);
  return job ? errorFile(c.var.scope, job) : problem(c, notFound);
});

function importJson(job: Import) {
  return {
    id: job.id,
    file_name: job.fileName,
    size_bytes: job.sizeBytes,
    state: job.state,
    preview: job.preview,
    options: job.options,
    bytes_done: job.cursorBytes,
    rows_read: job.rowsRead,
    rows_created: job.rowsCreated,
    rows_updated: job.rowsUpdated,
    rows_unchanged: job.rowsUnchanged,
    rows_rejected: job.rowsRejected,
    failure: job.failure,
    created_at: job.createdAt.toISOString(),
    started_at: job.startedAt?.toISOString() ?? null,
    finished_at: job.finishedAt?.toISOString() ?? null,
  };
}
