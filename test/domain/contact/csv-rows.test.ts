/** Rows out of text: quotes, line ends, and what becomes of rows that make no sense. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseRows } from "#domain/contact/csv-rows";

const cells = (text: string, delimiter = ",") =>
  parseRows(text, delimiter, true).rows.map((row) => row.cells);
const shape = (text: string) =>
  parseRows(text, ",", true).rows.map((row) => [
    row.firstLine + 1,
    row.isBroken ? "broken" : row.cells.length,
  ]);

describe("rows that are sound", () => {
  test.each([
    [
      "a,b\nc,d\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "a,b\nc,d",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    ['"a,1",b\n', [["a,1", "b"]]],
    ['"say ""hi""",b\n', [['say "hi"', "b"]]],
    [
      '"two\nlines",b\nc,d\n',
      [
        ["two\nlines", "b"],
        ["c", "d"],
      ],
    ],
    ['5" pipe,b\n', [['5" pipe', "b"]]],
    [
      "a,,\n,,\n",
      [
        ["a", "", ""],
        ["", "", ""],
      ],
    ],
    [
      "\n\na,b\n\n  \nc,d\n\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      '"a","b" \nc,d\n',
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    ["", []],
    ["\n", []],
    ['""\n\n" "\n', [[""], [" "]]],
  ])("%j", (text, expected) => {
    expect(cells(text)).toEqual(expected);
  });

  test("the line on which a row begins counts quoted line ends and empty lines", () => {
    expect(shape('a,b\n\n"x\ny\nz",1\nc,d\n')).toEqual([
      [1, 2],
      [3, 2],
      [6, 2],
    ]);
  });
});

describe("quotes that make no sense", () => {
  test("a quote that is never closed costs its own line only", () => {
    expect(shape('a,b\n"c,d\ne,f\ng,h\n')).toEqual([
      [1, 2],
      [2, "broken"],
      [3, 2],
      [4, 2],
    ]);
  });

  test("text after a closing quote costs its own line only", () => {
    expect(shape('a,b\n"c"x,d\ne,"f"\n')).toEqual([
      [1, 2],
      [2, "broken"],
      [3, 2],
    ]);
  });

  test("a row of a hundred lines is a row, one of more is an unclosed quote", () => {
    const long = (breaks: number) => `"${"x\n".repeat(breaks)}",b\nc,d\n`;
    expect(shape(long(99))).toEqual([
      [1, 2],
      [101, 2],
    ]);
    const [first, ...others] = shape(long(100));
    expect(first).toEqual([1, "broken"]);
    expect(others.at(-1)).toEqual([102, 2]);
  });

  test("an unclosed quote far above another one swallows nothing", () => {
    const people = (from: number) => Array.from({ length: 150 }, (_, i) => `p${from + i}@x.ie,n\n`).join("");
    const text = `"lone,1\n${people(0)}"second,2\n${people(150)}`;
    const rows = parseRows(text, ",", true).rows;
    expect(rows.filter((row) => row.isBroken).map((row) => row.firstLine)).toEqual([0, 151]);
    expect(rows.filter((row) => !row.isBroken)).toHaveLength(300);
  });

  test("a file of nothing but broken rows is read in reasonable time", () => {
    const started = performance.now();
    const rows = parseRows('"a"x,b\n'.repeat(20_000), ",", true).rows;
    expect(rows).toHaveLength(20_000);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

// Line ends, quotes and delimiters in every order: whatever they make, nothing may be lost or told twice.
const wild = fc
  .array(fc.constantFrom("a", "b@x.ie", '"', '""', ",", "\n", "\n\n", " ", "é", "\u{1f600}"), {
    maxLength: 60,
  })
  .map((parts) => parts.join(""));

test("every line that holds anything belongs to exactly one row", () => {
  fc.assert(
    fc.property(wild, (text) => {
      const { rows, lines } = parseRows(text, ",", true);
      let next = 0;
      const all = text.split("\n");
      for (const row of rows) {
        // Between two rows there is nothing but empty lines.
        for (; next < row.firstLine; next++) expect(all[next]?.trim()).toBe("");
        expect(row.endLine).toBeGreaterThan(row.firstLine);
        next = row.endLine;
      }
      expect(lines).toBeGreaterThanOrEqual(next);
      for (; next < all.length; next++) expect(all[next]?.trim()).toBe("");
    }),
    { numRuns: 3_000 },
  );
});

test("text that is cut between two lines gives the same rows, read on from where it was settled", () => {
  fc.assert(
    fc.property(wild, fc.nat(), (text, seed) => {
      const whole = parseRows(text, ",", true).rows;
      const ends = [...text.matchAll(/\n/g)].map((match) => match.index + 1);
      const cut = ends[seed % Math.max(1, ends.length)] ?? 0;
      const first = parseRows(text.slice(0, cut), ",", false);
      const settled = first.lines === 0 ? 0 : (ends[first.lines - 1] ?? text.length);
      const second = parseRows(text.slice(settled), ",", true).rows;
      const shifted = second.map((row) => ({
        ...row,
        firstLine: row.firstLine + first.lines,
        endLine: row.endLine + first.lines,
      }));
      expect([...first.rows, ...shifted]).toEqual(whole);
    }),
    { numRuns: 3_000 },
  );
});
