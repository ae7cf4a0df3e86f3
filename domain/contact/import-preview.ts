/** How a file would be read, from its beginning alone. */
import { type Census, encodingOf } from "./csv-encoding.ts";
import { columnNames, guessDelimiter, guessHeader } from "./csv-guess.ts";
import { prologueOf, textOfLines, wholeLines } from "./csv-lines.ts";
import { parseRows } from "./csv-rows.ts";
import type { FieldDefinition } from "./fields.ts";
import type { ImportPreview } from "./import.ts";
import { guessMapping } from "./import-mapping.ts";

/** So much of a file is looked at. */
export const headBytes = 256 * 1024;
const sampleRows = 500;
const shownRows = 20;
const shownLength = 300;
/** As many as a mapping can name. */
export const maxColumns = 200;

export function previewOf(
  head: Uint8Array,
  census: Census,
  fields: readonly FieldDefinition[],
): ImportPreview {
  const encoding = encodingOf(head, census);
  const isWhole = census.sizeBytes <= head.length;
  const prologue = prologueOf(head, encoding);
  const body = head.subarray(prologue.bytes);
  // Half a line at the end of the head would look like a row with too few cells.
  const lines = isWhole ? body : body.subarray(0, wholeLines(body, encoding) || body.length);
  const text = textOfLines(lines, encoding);
  const delimiter = prologue.delimiter ?? guessDelimiter(text, isWhole);
  const rows = parseRows(text, delimiter, isWhole)
    .rows.slice(0, sampleRows)
    .map((row) => row.cells);
  const hasHeader = guessHeader(rows);
  const data = hasHeader ? rows.slice(1) : rows;
  const count = Math.min(
    maxColumns,
    hasHeader ? (rows[0]?.length ?? 0) : Math.max(0, ...rows.map((r) => r.length)),
  );
  const columns = columnNames(hasHeader ? rows[0] : undefined, count);
  return {
    encoding,
    delimiter,
    has_header: hasHeader,
    columns,
    rows: data.slice(0, shownRows).map((row) => row.slice(0, count).map(shown)),
    mapping: guessMapping(columns, hasHeader, data, fields),
  };
}

// Control characters stand for themselves in the file and for nothing on a screen.
const shown = (cell: string) =>
  cell.toWellFormed().replaceAll("\0", "\ufffd").slice(0, shownLength).toWellFormed();
