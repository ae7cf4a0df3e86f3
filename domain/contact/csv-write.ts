/** Rows as CSV (RFC 4180) that a spreadsheet can open without running what a stranger wrote into a cell. */
import Papa from "papaparse";

/** Cells that a spreadsheet would take for a formula are led by an apostrophe (OWASP, CSV injection). Ends with a line end. */
export function csvText(rows: readonly (readonly string[])[]): string {
  const text = Papa.unparse(
    rows.map((row) => [...row]),
    { escapeFormulae: /^[=+\-@\t\r\n]/, newline: "\r\n" },
  );
  return `${text}\r\n`;
}
