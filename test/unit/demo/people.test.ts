/** The made-up file of a demo: everybody asked for, and exactly the wrong rows it says it has. */
import Papa from "papaparse";
import { expect, test } from "vitest";
import { normalizeEmail, normalizeTimeZone } from "#domain/contact/address";
import { peopleFile } from "#test/demo/people";

const parsed = (recipients: number) => {
  const file = peopleFile(recipients);
  const text = new TextDecoder().decode(file.bytes);
  const [header = [], ...rows] = Papa.parse<string[]>(text, { skipEmptyLines: true }).data;
  return { file, header, rows };
};

test.each([1, 7, 1_000, 4_321])("a file of %i has that many people, each once", (recipients) => {
  const { file, rows } = parsed(recipients);
  const seen = new Set<string>();
  const refused = { invalid_email: 0, no_email: 0, repeated_in_file: 0 };
  for (const [cell = ""] of rows) {
    const email = normalizeEmail(cell);
    if (cell === "") refused.no_email++;
    else if (!email) refused.invalid_email++;
    else if (seen.has(email)) refused.repeated_in_file++;
    else seen.add(email);
  }
  expect([...seen].sort()).toEqual([...(file.known?.addresses ?? [])].sort());
  expect(seen.size).toBe(recipients);
  expect(refused).toEqual(file.known?.refused);
});

test("every row has a cell for each column, in whatever script, with quotes and commas in names", () => {
  const { header, rows } = parsed(2_000);
  expect(new Set(rows.map((row) => row.length))).toEqual(new Set([header.length]));
  expect(rows.filter((row) => normalizeTimeZone(row[5] ?? "") !== row[5])).toEqual([]);
  for (const oddity of [/,/, /"/, /\p{sc=Arab}/u, /\p{sc=Han}/u])
    expect(
      rows.some((row) => oddity.test(row[1] ?? "")),
      String(oddity),
    ).toBe(true);
});

test("the same seed makes the same file, another seed another", () => {
  expect(peopleFile(50, 3).bytes).toEqual(peopleFile(50, 3).bytes);
  expect(peopleFile(50, 3).bytes).not.toEqual(peopleFile(50, 4).bytes);
});
