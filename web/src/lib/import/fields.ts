/** A custom field made from a column: what it is called, and what it seems to hold. */
import type { FieldType } from "#domain/contact/fields";
import { valueFromText } from "#domain/contact/import-values";
import { keyOf } from "#lib/settings/field-words.ts";

/** A key that no other field has: "points", then "points_2". */
export function freeKey(label: string, known: readonly { readonly key: string }[]): string {
  const taken = new Set(known.map(({ key }) => key));
  const base = keyOf(label) || "field";
  for (let n = 1; ; n++) {
    const end = n === 1 ? "" : `_${n}`;
    const key = `${base.slice(0, 40 - end.length)}${end}`;
    if (!taken.has(key)) return key;
  }
}

export function typeOf(cells: readonly string[]): FieldType {
  const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== "");
  // Postcodes and phone numbers are no quantities; as numbers they would lose their beginning.
  const isCode = filled.some((cell) => /^(\+|0\d)/.test(cell));
  const holds = (type: FieldType) => filled.every((cell) => valueFromText(type, cell) !== undefined);
  if (filled.length === 0 || isCode) return "text";
  if (holds("date")) return "date";
  if (holds("number")) return "number";
  return holds("boolean") ? "boolean" : "text";
}
