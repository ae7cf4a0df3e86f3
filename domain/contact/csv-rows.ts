/** Rows out of lines. Quoted fields may span lines; a quote that is never closed costs one line, not the rest of the file. */
import Papa from "papaparse";

export type CsvRow = {
  readonly cells: readonly string[];
  /** Lines of the text before this row. */
  readonly firstLine: number;
  /** Lines of the text up to and with this row. */
  readonly endLine: number;
  /** Its quotes make no sense; `cells` is the line cut at every delimiter. */
  readonly isBroken: boolean;
};
export type Parsed = {
  readonly rows: readonly CsvRow[];
  /** Lines that are settled: rows and empty lines. What follows is the beginning of a row that goes on later. */
  readonly lines: number;
};

/** A row that is longer is taken for one with an unclosed quote. */
export const maxRowLines = 100;
export const maxRowLength = 200_000;

const firstWindow = 8;
const largestWindow = 4_096;

/** `text`: whole lines ended by `\n`; `isEnd`: nothing follows, and the last line may lack its end. Empty lines are no rows. */
export function parseRows(text: string, delimiter: string, isEnd: boolean): Parsed {
  const rows: CsvRow[] = [];
  let at = 0;
  let line = 0;
  // Lines parsed at once: all of them, until a broken row asks for care.
  let window = Number.POSITIVE_INFINITY;
  while (at < text.length) {
    const upTo = window === Number.POSITIVE_INFINITY ? text.length : afterLines(text, at, window);
    const isLast = isEnd && upTo === text.length;
    const part = at === 0 && upTo === text.length ? text : text.slice(at, upTo);
    const found = take(part, delimiter, line, isLast, rows);
    at += found.length;
    line += found.lines;
    if (!found.isStuck) {
      if (upTo === text.length) break;
      window = window * 2 > largestWindow ? Number.POSITIVE_INFINITY : window * 2;
    } else if (
      found.isBroken ||
      isLast ||
      upTo - at > maxRowLength ||
      linesIn(text, at, upTo) >= maxRowLines
    ) {
      at = takeBroken(text, at, delimiter, line, rows);
      line++;
      window = firstWindow;
    } else if (upTo === text.length) break;
    else window *= 2;
  }
  return { rows, lines: line };
}

type Taken = {
  /** Characters and lines that are settled. */
  readonly length: number;
  readonly lines: number;
  /** The row after them is broken, or does not end within the text. */
  readonly isStuck: boolean;
  readonly isBroken: boolean;
};

function take(text: string, delimiter: string, firstLine: number, isLast: boolean, rows: CsvRow[]): Taken {
  const { data, errors, meta } = parse(text, delimiter, !isLast);
  const hasQuotes = text.includes('"');
  const broken = errors.reduce((min, error) => Math.min(min, error.row ?? 0), Number.POSITIVE_INFINITY);
  const quoteOn = quoteFinder(text);
  let line = firstLine;
  for (const [i, cells] of data.entries()) {
    const endLine = line + (hasQuotes ? 1 + breaksIn(cells) : 1);
    if (i === broken || endLine - line > maxRowLines || (hasQuotes && lengthOf(cells) > maxRowLength)) {
      const lines = line - firstLine;
      return { length: afterLines(text, 0, lines), lines, isStuck: true, isBroken: true };
    }
    // A quoted nothing is a cell without a value; a line without anything is no row.
    const isEmpty =
      cells.length === 1 && cells[0]?.trim() === "" && !(hasQuotes && quoteOn(line - firstLine));
    if (!isEmpty) rows.push({ cells, firstLine: line, endLine, isBroken: false });
    line = endLine;
  }
  const isBroken = broken !== Number.POSITIVE_INFINITY;
  return { length: meta.cursor, lines: line - firstLine, isStuck: meta.cursor < text.length, isBroken };
}

/** Whether a line of the text holds a quote. Ask in ascending order: it goes through the text once. */
function quoteFinder(text: string): (line: number) => boolean {
  let seen = 0;
  let at = 0;
  return (line) => {
    at = afterLines(text, at, line - seen);
    seen = line;
    const end = text.indexOf("\n", at);
    return text.slice(at, end < 0 ? undefined : end).includes('"');
  };
}

function takeBroken(text: string, at: number, delimiter: string, firstLine: number, rows: CsvRow[]): number {
  const end = afterLines(text, at, 1);
  const line = text.slice(at, end).replace(/\n$/, "");
  rows.push({ cells: line.split(delimiter), firstLine, endLine: firstLine + 1, isBroken: true });
  return end;
}

function parse(text: string, delimiter: string, ignoreLastRow: boolean) {
  const parser = new Papa.Parser({ delimiter, newline: "\n" });
  return parser.parse(text, 0, ignoreLastRow) as Papa.ParseResult<string[]>;
}

const breaksIn = (cells: readonly string[]) =>
  cells.reduce((sum, cell) => sum + linesIn(cell, 0, cell.length), 0);
const lengthOf = (cells: readonly string[]) => cells.reduce((sum, cell) => sum + cell.length, 0);

function linesIn(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf("\n", from); at >= 0 && at < to; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

function afterLines(text: string, from: number, lines: number): number {
  let at = from;
  for (let left = lines; left > 0; left--) {
    const end = text.indexOf("\n", at);
    if (end < 0) return text.length;
    at = end + 1;
  }
  return at;
}
