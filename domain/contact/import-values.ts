/** Text out of a file as a value of a custom field. `undefined` where it is none. */
import { isDay, maxFieldTextLength } from "./field-values.ts";
import type { FieldType, FieldValue } from "./fields.ts";
import { cleanText, isTooLong } from "./text.ts";

/** `text` is not empty. */
export function valueFromText(type: FieldType, text: string): FieldValue | undefined {
  switch (type) {
    case "text":
      return isTooLong(text, maxFieldTextLength) ? undefined : cleanText(text, maxFieldTextLength);
    case "number":
      return numberFromText(text);
    case "boolean":
      return booleanFromText(text);
    case "date":
      return dateFromText(text);
  }
}

const yes = new Set(
  "1 true t yes y x on ja j oui o si sì sí sim s tak wahr vrai verdadero vero ✓ ✔".split(" "),
);
const no = new Set("0 false f no n off nein non não nao nie falsch faux falso nee nej".split(" "));

function booleanFromText(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  if (yes.has(word)) return true;
  return no.has(word) ? false : undefined;
}

/**
 * Both marks: the last is the decimal one. A mark that comes twice groups thousands. A single comma before exactly three
 * digits groups them too (1,234); a single point is always decimal, as programs write it.
 */
function numberFromText(text: string): number | undefined {
  const bare = text
    .replace(/[\s\u00a0\u202f'’]|\p{Sc}/gu, "")
    .replace(/^\((.*)\)$/, "-$1")
    .replace(/^[\u2212\u2013]/, "-");
  if (!/^[+-]?[\d.,]*\d[\d.,]*(?:e[+-]?\d+)?$/i.test(bare)) return undefined;
  const comma = bare.lastIndexOf(",");
  const point = bare.lastIndexOf(".");
  const decimal = comma >= 0 && point >= 0 ? (comma > point ? "," : ".") : decimalMark(bare);
  const plain = [...bare].filter((char) => !(",.".includes(char) && char !== decimal)).join("");
  const value = Number(decimal === "," ? plain.replace(",", ".") : plain);
  return Number.isFinite(value) ? value : undefined;
}

/** Where only one kind of mark occurs: that mark if it is decimal, else none. */
function decimalMark(text: string): "," | "." | undefined {
  const marks = text.replace(/[^.,]/g, "");
  if (marks.length !== 1) return undefined;
  return marks === "," && /^[+-]?\d{1,3},\d{3}$/.test(text) ? undefined : (marks as "," | ".");
}

const yearFirst = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?$/;
const yearLast = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?:[T ].*)?$/;
const compact = /^(\d{4})(\d{2})(\d{2})$/;

/** `2024-02-29`, `29.02.2024`, and with slashes where only one order makes a date. */
function dateFromText(text: string): string | undefined {
  const trimmed = text.trim();
  const first = yearFirst.exec(trimmed) ?? compact.exec(trimmed);
  if (first) return written(Number(first[1]), Number(first[2]), Number(first[3]));
  const last = yearLast.exec(trimmed);
  if (!last) return undefined;
  const [one, two, year] = [Number(last[1]), Number(last[3]), Number(last[4])];
  // Points stand between day and month wherever they stand at all; slashes and dashes do not tell.
  const dayFirst = written(year, two, one);
  if (last[2] === ".") return dayFirst;
  const monthFirst = written(year, one, two);
  return dayFirst && monthFirst && dayFirst !== monthFirst ? undefined : (dayFirst ?? monthFirst);
}

function written(year: number, month: number, day: number): string | undefined {
  if (!isDay(year, month, day)) return undefined;
  const pad = (value: number, length: number) => String(value).padStart(length, "0");
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}
