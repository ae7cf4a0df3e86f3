/** What the driver reads from and writes to the wire, made for statements of hundreds of rows. */
import { cast, type Field, format } from "@planetscale/database";

/** Values that stand in the text already leave nothing to be filled in, and the text is not walked through for it. */
export function fillIn(query: string, values: unknown): string {
  return Array.isArray(values) && values.length === 0 ? query : format(query, values as never);
}

const decoder = new TextDecoder("utf-8");
const ascii = /^[\0-\x7f]*$/;

/** The driver hands over each byte as one character. */
function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

const textOf = (text: string) => (ascii.test(text) ? text : decoder.decode(bytesOf(text)));

const binaryCharset = 63;
const bytesTypes = new Set(["BINARY", "VARBINARY", "BLOB", "BIT", "GEOMETRY"]);
const textTypes = new Set(["VARCHAR", "CHAR", "TEXT", "ENUM", "SET"]);

/** As the driver's own, for the types that make up most of what is read: the same values for less work. */
export function readValue(field: Field, value: string | null): unknown {
  if (value === null || value === undefined) return value;
  if (bytesTypes.has(field.type)) return field.charset === binaryCharset ? bytesOf(value) : textOf(value);
  if (textTypes.has(field.type)) return field.charset === binaryCharset ? bytesOf(value) : textOf(value);
  if (field.type === "JSON") return JSON.parse(textOf(value));
  return cast(field, value);
}
