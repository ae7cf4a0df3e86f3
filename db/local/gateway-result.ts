// A MySQL result as the PlanetScale protocol writes it: per row the lengths of its values and their bytes in base64.

/** What mysql2 tells of a column. */
export type Column = {
  name: string;
  table: string;
  columnType?: number;
  columnLength?: number;
  characterSet?: number;
  flags: number | string[];
};

export type WrittenHeader = { affectedRows: number; insertId: number };

/** PlanetScale refuses more rows than this in one answer. */
export const maxRows = 100_000;

const unsignedFlag = 32;
const binaryCharset = 63;

const integerNames = new Map([
  [1, "INT8"],
  [2, "INT16"],
  [3, "INT32"],
  [8, "INT64"],
  [9, "INT24"],
]);
const otherNames = new Map([
  [0, "DECIMAL"],
  [4, "FLOAT32"],
  [5, "FLOAT64"],
  [6, "NULL"],
  [7, "TIMESTAMP"],
  [10, "DATE"],
  [11, "TIME"],
  [12, "DATETIME"],
  [13, "YEAR"],
  [16, "BIT"],
  [245, "JSON"],
  [246, "DECIMAL"],
  [247, "ENUM"],
  [248, "SET"],
  [255, "GEOMETRY"],
]);
// Text and bytes share type numbers; the character set tells them apart.
const stringNames = new Map([
  [15, ["VARCHAR", "VARBINARY"]],
  [249, ["TEXT", "BLOB"]],
  [250, ["TEXT", "BLOB"]],
  [251, ["TEXT", "BLOB"]],
  [252, ["TEXT", "BLOB"]],
  [253, ["VARCHAR", "VARBINARY"]],
  [254, ["CHAR", "BINARY"]],
]);

function typeName(column: Column): string {
  const type = column.columnType ?? 253;
  const flags = typeof column.flags === "number" ? column.flags : 0;
  const integer = integerNames.get(type);
  if (integer) return flags & unsignedFlag ? `U${integer}` : integer;
  const text = stringNames.get(type);
  if (text) return (column.characterSet === binaryCharset ? text[1] : text[0]) ?? "VARCHAR";
  return otherNames.get(type) ?? "VARCHAR";
}

/** The `fields` member, as JSON in ASCII. */
export function encodeFields(columns: Column[]): string {
  const fields = columns.map((column) => ({
    name: column.name,
    type: typeName(column),
    table: column.table || undefined,
    columnLength: column.columnLength,
    charset: column.characterSet,
    flags: column.flags,
  }));
  return asciiJson(fields);
}

let scratch = Buffer.allocUnsafe(64 * 1024);

/** One member of `rows`, as JSON. */
export function encodeRow(values: (Buffer | null)[]): string {
  let lengths = "";
  let at = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (i > 0) lengths += ",";
    if (!value) {
      lengths += '"-1"';
      continue;
    }
    const size = value.length;
    lengths += `"${size}"`;
    if (at + size > scratch.length) scratch = grown(at + size);
    // Short values are cheaper byte by byte than by a call into native code.
    if (size < 24) for (let k = 0; k < size; k++) scratch[at + k] = value[k] as number;
    else value.copy(scratch, at);
    at += size;
  }
  return `{"lengths":[${lengths}],"values":"${scratch.base64Slice(0, at)}"}`;
}

function grown(need: number): typeof scratch {
  const bigger = Buffer.allocUnsafe(Math.max(need, scratch.length * 2));
  scratch.copy(bigger);
  return bigger;
}

/** JSON without any character beyond ASCII, so that its length is its size in bytes. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
