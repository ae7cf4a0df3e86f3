/** Reading a file out of R2 in blocks: the same rows whatever the block, from whichever checkpoint. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Encoding } from "#domain/contact/csv-encoding";
import { FileGone, maxLineBytes, readBlocks, startOf } from "#queues/importing/file-rows";
import { encoded, memoryBucket } from "#test/support/memory-bucket";

type Seen = { line: number; cells: readonly string[]; isBroken: boolean };

async function readAll(
  bytes: Uint8Array,
  encoding: Encoding,
  blockBytes: number,
  from?: { bytes: number; line: number },
) {
  const bucket = memoryBucket({ f: bytes });
  const file = { key: "f", sizeBytes: bytes.length, encoding, delimiter: "," };
  const rows: Seen[] = [];
  const places: { bytes: number; line: number; rows: number }[] = [];
  const oversized: number[] = [];
  let end = { bytes: 0, line: 0 };
  for await (const block of readBlocks(bucket, file, from ?? (await startOf(bucket, file)), blockBytes)) {
    if (block.oversized !== undefined) oversized.push(block.start.line + 1);
    for (const row of block.rows) {
      rows.push({ line: block.start.line + row.firstLine + 1, cells: row.cells, isBroken: row.isBroken });
      places.push({ ...block.after(row.endLine), rows: rows.length });
    }
    end = block.end;
  }
  return { rows, places, end, oversized };
}

const encodings: Encoding[] = ["utf-8", "utf-16le", "utf-16be"];
const wild = fc
  .array(
    fc.constantFrom(
      "a",
      "b@x.ie",
      '"',
      '""',
      ",",
      "\n",
      "\r\n",
      "\r",
      "\n\n",
      " ",
      "é",
      "\u{1f600}",
      "\u0a0d",
      "\u0d0a",
      "\0",
    ),
    { minLength: 1, maxLength: 60 },
  )
  .map((parts) => parts.join(""));

test("any block size and any resumption give the rows of the whole file", async () => {
  await fc.assert(
    fc.asyncProperty(
      wild,
      fc.constantFrom(...encodings),
      fc.boolean(),
      fc.integer({ min: 4, max: 40 }),
      fc.nat(),
      async (text, encoding, hasMark, blockBytes, seed) => {
        const bytes = encoded(hasMark ? `\ufeff${text}` : text, encoding);
        const whole = await readAll(bytes, encoding, 1 << 20);
        const inBlocks = await readAll(bytes, encoding, blockBytes * 2);
        expect(inBlocks.rows).toEqual(whole.rows);
        expect(inBlocks.end.bytes).toBe(bytes.length);
        const place = whole.places[seed % Math.max(1, whole.places.length)];
        if (!place) return;
        const rest = await readAll(bytes, encoding, blockBytes * 2, place);
        expect(rest.rows).toEqual(whole.rows.slice(place.rows));
      },
    ),
    { numRuns: 1_500 },
  );
});

describe("line numbers", () => {
  test.each([
    ["LF", "\n"],
    ["CRLF", "\r\n"],
    ["CR", "\r"],
  ])("with %s", async (_name, end) => {
    const text = ["h", "", "a,1", '"b', 'c",2', "d,3"].join(end);
    const { rows } = await readAll(encoded(text), "utf-8", 8);
    expect(rows.map((row) => [row.line, row.cells[0]])).toEqual([
      [1, "h"],
      [3, "a"],
      [4, "b\nc"],
      [6, "d"],
    ]);
  });

  test("the sep= line of Excel is line one", async () => {
    const { rows } = await readAll(encoded("\ufeffsep=,\r\na,b\r\n"), "utf-8", 64);
    expect(rows).toEqual([{ line: 2, cells: ["a", "b"], isBroken: false }]);
  });
});

test("a line of megabytes is passed over and told of, and what follows is read", async () => {
  const long = "x".repeat(3 * maxLineBytes + 17);
  for (const end of ["\n", "\r\n"]) {
    const text = `a,1${end}${long}${end}b,2${end}`;
    const { rows, oversized, end: last } = await readAll(encoded(text), "utf-8", 1 << 20);
    expect(rows.map((row) => [row.line, row.cells[0]])).toEqual([
      [1, "a"],
      [3, "b"],
    ]);
    expect(oversized).toEqual([2]);
    expect(last.bytes).toBe(text.length);
  }
});

test("a file that is gone says so", async () => {
  const file = { key: "gone", sizeBytes: 10, encoding: "utf-8" as const, delimiter: "," };
  const reading = readBlocks(memoryBucket(), file, { bytes: 0, line: 0 });
  await expect(reading.next()).rejects.toThrow(FileGone);
});

test("Windows-1252 is read as Windows writes it", async () => {
  const { rows } = await readAll(
    encoded("Šárka – €\n".replace("Šárka", "šé’"), "windows-1252"),
    "windows-1252",
    64,
  );
  expect(rows[0]?.cells).toEqual(["šé’ – €"]);
});
