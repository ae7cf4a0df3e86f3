/** One step of an import: rows from the checkpoint on, batch by batch, until the file or the time is over. */
import { type BatchRow, writeBatch } from "#db/import-batch";
import type { Checkpoint } from "#db/import-statements";
import { listFields } from "#db/repos/fields";
import {
  countImportErrors,
  getImport,
  type Import,
  type ImportErrorRow,
  moveImport,
} from "#db/repos/imports";
import type { TenantDb } from "#db/scope";
import type { CsvRow } from "#domain/contact/csv-rows";
import { type RowResult, rowReader } from "#domain/contact/import-row";
import type { Deps } from "../deps.ts";
import { type Bucket, type RowBlock, type RowFile, readBlocks, startOf } from "./file-rows.ts";

export type ImportDeps = Pick<Deps, "now" | "newId" | "log"> & {
  readonly env: { readonly FILES: Bucket; readonly IMPORT_QUEUE: Pick<Queue, "send"> };
};

/** `stopped`: it no longer runs, or another worker has taken it over. */
export type StepEnd =
  | { readonly kind: "done" }
  | { readonly kind: "stopped" }
  | { readonly kind: "out_of_time"; readonly cursorBytes: number };

export const leaseMs = 60_000;

/** `stepMs`: an invocation works no longer before it asks for another. `batchRows`: rows of one transaction. */
export type Pace = { readonly stepMs: number; readonly batchRows: number };
export const usualPace: Pace = { stepMs: 20_000, batchRows: 1_000 };

export async function runImport(
  deps: ImportDeps,
  scope: TenantDb,
  job: Import,
  pace: Pace,
): Promise<StepEnd> {
  const { options, preview } = job;
  if (!options) throw new Error(`${job.id} runs without options`);
  const file: RowFile = {
    key: job.fileKey,
    sizeBytes: job.sizeBytes,
    encoding: preview.encoding,
    delimiter: preview.delimiter,
  };
  const read = rowReader(options.mapping, preview.columns, await listFields(scope));
  const untilMs = deps.now() + pace.stepMs;
  const isStart = job.cursorBytes === 0;
  const from = isStart
    ? await startOf(deps.env.FILES, file)
    : { bytes: job.cursorBytes, line: job.cursorLine };
  // What the database knows; the file is read further ahead than that.
  let saved: Checkpoint = { bytes: job.cursorBytes, line: job.cursorLine };
  let headerIsDue = isStart && options.has_header;
  for await (const block of readBlocks(deps.env.FILES, file, from)) {
    const rows = headerIsDue ? block.rows.slice(1) : block.rows;
    if (block.rows.length > 0) headerIsDue = false;
    for (const { batch, to } of batchesOf(block, rows, pace.batchRows)) {
      const now = deps.now();
      const written = await writeBatch(scope, {
        importId: job.id,
        options,
        from: saved,
        to,
        ...sorted(block, batch, read),
        now: new Date(now),
        leaseUntil: new Date(now + leaseMs),
        newId: deps.newId,
      });
      if (!written) return { kind: "stopped" };
      saved = to;
      if (deps.now() >= untilMs && to.bytes < file.sizeBytes)
        return { kind: "out_of_time", cursorBytes: to.bytes };
    }
  }
  return finish(deps, scope, job);
}

type Piece = { readonly batch: readonly CsvRow[]; readonly to: Checkpoint };

function batchesOf(block: RowBlock, rows: readonly CsvRow[], batchRows: number): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < rows.length; at += batchRows) {
    const batch = rows.slice(at, at + batchRows);
    const isLast = at + batchRows >= rows.length;
    pieces.push({ batch, to: isLast ? block.end : block.after(batch.at(-1)?.endLine ?? 0) });
  }
  // A block of nothing but a line too long has no rows and still something to tell.
  return pieces.length === 0 && block.oversized !== undefined ? [{ batch: [], to: block.end }] : pieces;
}

type Sorted = { readonly people: readonly BatchRow[]; readonly rejected: readonly ImportErrorRow[] };

function sorted(
  block: RowBlock,
  batch: readonly CsvRow[],
  read: (cells: readonly string[], isBroken: boolean) => RowResult,
): Sorted {
  const people = new Map<string, BatchRow>();
  const rejected: ImportErrorRow[] = [];
  if (block.oversized !== undefined)
    rejected.push({
      line: block.start.line + 1,
      reason: "invalid_value",
      detail: "The line is longer than a megabyte.",
      row: [block.oversized],
    });
  for (const { cells, firstLine, isBroken } of batch) {
    const line = block.start.line + firstLine + 1;
    const result = read(cells, isBroken);
    if (!result.ok) {
      rejected.push({ line, reason: result.reason, detail: result.detail, row: cells });
      continue;
    }
    const { email } = result.person;
    const earlier = people.get(email);
    if (earlier)
      rejected.push({
        line,
        reason: "repeated_in_file",
        detail: `${email} stands on line ${earlier.line} already; that row counts.`,
        row: cells,
      });
    else people.set(email, { line, cells, person: result.person });
  }
  return { people: [...people.values()], rejected };
}

/** The books must balance: every row of the file is a contact or a refusal, and every refusal is on record. */
async function finish(deps: ImportDeps, scope: TenantDb, job: Import): Promise<StepEnd> {
  const end = await getImport(scope, job.id);
  if (!end) return { kind: "stopped" };
  const settled = end.rowsCreated + end.rowsUpdated + end.rowsUnchanged + end.rowsRejected;
  const onRecord = await countImportErrors(scope, job.id);
  const balances = end.rowsRead === settled && end.rowsRejected === onRecord;
  const now = new Date(deps.now());
  const moved = await moveImport(scope, job.id, ["running"], {
    state: balances ? "completed" : "failed",
    failure: balances
      ? ""
      : `The books do not balance: ${end.rowsRead} rows read, ${settled} settled, ${onRecord} refusals on record.`,
    finishedAt: now,
    updatedAt: now,
  });
  if (!balances) deps.log("import.unbalanced", { import: job.id, read: end.rowsRead, settled, onRecord });
  return { kind: moved ? "done" : "stopped" };
}
