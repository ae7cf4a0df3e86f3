/** How a file is laid out: what separates its cells, and whether its first row names the columns. */
import { normalizeEmail } from "./address.ts";
import { type CsvRow, parseRows } from "./csv-rows.ts";
import { headerTarget } from "./import-headers.ts";

// In the order of preference where a file reads equally well with several.
const delimiters = [",", ";", "\t", "|"] as const;
const guessRows = 200;

export function guessDelimiter(text: string, isWhole: boolean): string {
  let best: { delimiter: string; score: number } = { delimiter: ",", score: 0 };
  for (const delimiter of delimiters) {
    if (!text.includes(delimiter)) continue;
    const score = scoreOf(parseRows(text, delimiter, isWhole).rows.slice(0, guessRows));
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}

/** High where every row has as many cells as the first, and the more the better; 0 where the first has only one. */
function scoreOf(rows: readonly CsvRow[]): number {
  const columns = rows[0]?.cells.length ?? 0;
  if (columns < 2) return 0;
  const alike = rows.filter((row) => !row.isBroken && row.cells.length === columns).length;
  // A stray comma in every address must not beat the semicolon that really separates.
  const addresses = rows.filter((row) =>
    row.cells.some((cell) => cell.includes("@") && normalizeEmail(cell)),
  ).length;
  return (alike / rows.length) ** 2 * Math.log2(1 + columns) * (1 + addresses / rows.length);
}

/** A first row that holds an address is a person; one of names nobody could be called is a header. */
export function guessHeader(rows: readonly (readonly string[])[]): boolean {
  const [first, ...others] = rows;
  if (!first || first.some((cell) => normalizeEmail(cell) !== undefined)) return false;
  if (first.some((cell) => headerTarget(cell) !== undefined)) return true;
  return others.some((row) => row.some((cell) => normalizeEmail(cell) !== undefined));
}

/** One name per column; made up where there is none, numbered where two are alike. */
export function columnNames(header: readonly string[] | undefined, count: number): string[] {
  const taken = new Set<string>();
  return Array.from({ length: count }, (_, i) => {
    const given = (header?.[i] ?? "").normalize("NFC").replace(/\s+/g, " ").trim().slice(0, 100);
    const base = given === "" ? `Column ${i + 1}` : given;
    let name = base;
    for (let n = 2; taken.has(name); n++) name = `${base} (${n})`;
    taken.add(name);
    return name;
  });
}
