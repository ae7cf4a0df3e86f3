/** The beginning of a file as a person has it before them. */
import type { Import } from "./queries.ts";

export type Column = { readonly at: number; readonly name: string; readonly cells: readonly string[] };
export type FileView = { readonly columns: readonly Column[]; readonly rows: readonly (readonly string[])[] };

/** The preview was made with one answer to whether the first row names the columns; `hasHeader` may be the other. */
export function viewOf(preview: Import["preview"], hasHeader: boolean): FileView {
  const { names, rows } = layout(preview, hasHeader);
  const columns = names.map((name, at) => ({ at, name, cells: rows.map((row) => row[at] ?? "") }));
  return { columns, rows };
}

function layout(preview: Import["preview"], hasHeader: boolean): { names: string[]; rows: string[][] } {
  const { columns, rows } = preview;
  if (hasHeader === preview.has_header) return { names: columns, rows };
  const numbered = columns.map((_, at) => `Column ${at + 1}`);
  if (!hasHeader) return { names: numbered, rows: [columns, ...rows] };
  return { names: numbered.map((name, at) => rows[0]?.[at]?.trim() || name), rows: rows.slice(1) };
}

/** A few different values, to recognise a column by. */
export function sampleOf(cells: readonly string[]): string {
  const some = [...new Set(cells.map((cell) => cell.trim()).filter((cell) => cell !== ""))].slice(0, 3);
  return some.join(", ") || "Empty in the first rows";
}
