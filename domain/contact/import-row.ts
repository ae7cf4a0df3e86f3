/** One row of a file: a person, or the reason why not. */
import { normalizeEmail, normalizeLocale, normalizePhone, normalizeTimeZone } from "./address.ts";
import { maxNameLength } from "./contact.ts";
import { normalizeCountry } from "./country.ts";
import type { FieldDefinition, FieldType, FieldValue } from "./fields.ts";
import type { ImportTarget, RejectionReason } from "./import.ts";
import { valueFromText } from "./import-values.ts";
import { cleanText, isTooLong } from "./text.ts";

/** What a file says of a person; empty text, null and missing keys say nothing. */
export type ImportedPerson = {
  readonly email: string;
  readonly phone: string | null;
  readonly firstName: string;
  readonly lastName: string;
  readonly locale: string;
  readonly timeZone: string;
  readonly country: string;
  readonly fields: Readonly<Record<string, FieldValue>>;
  readonly tags: readonly string[];
};
export type Rejected = { readonly reason: RejectionReason; readonly detail: string };
export type RowResult =
  | { readonly ok: true; readonly person: ImportedPerson }
  | ({ readonly ok: false } & Rejected);

const maxTagLength = 60;
const maxTags = 50;

type Column = { readonly at: number; readonly name: string };
type FieldColumn = Column & { readonly key: string; readonly type: FieldType };

/** Prepared once for a file, asked for each of its rows. */
export function rowReader(
  mapping: readonly ImportTarget[],
  columns: readonly string[],
  definitions: readonly FieldDefinition[],
): (cells: readonly string[], isBroken: boolean) => RowResult {
  const nameOf = (at: number) => columns[at] ?? `Column ${at + 1}`;
  const places = (target: ImportTarget): Column[] =>
    mapping.flatMap((t, at) => (t === target ? [{ at, name: nameOf(at) }] : []));
  const place = (target: ImportTarget) => places(target)[0];
  const types = new Map(definitions.map((d) => [d.key, d.type]));
  const fieldColumns: FieldColumn[] = mapping.flatMap((target, at) => {
    const key = target.startsWith("fields.") ? target.slice(7) : undefined;
    const type = key === undefined ? undefined : types.get(key);
    return key !== undefined && type ? [{ at, name: nameOf(at), key, type }] : [];
  });
  const email = place("email");
  const phone = place("phone");
  const [first, last, full] = [place("first_name"), place("last_name"), place("full_name")];
  const [locale, timeZone, country] = [place("locale"), place("time_zone"), place("country")];
  const tags = places("tags");

  return (cells, isBroken) => {
    if (isBroken) return refused("broken_quotes", "A quotation mark is opened and not properly closed.");
    const extra = cells.slice(mapping.length).filter((cell) => cell.trim() !== "").length;
    if (extra > 0)
      return refused("too_many_columns", `The row has ${cells.length} cells for ${mapping.length} columns.`);
    const text = (column: Column | undefined) =>
      column ? withoutGuard((cells[column.at] ?? "").trim()) : "";

    const address = text(email);
    if (address === "") return refused("no_email", "There is no e-mail address.");
    const known = normalizeEmail(address);
    if (known === undefined) return refused("invalid_email", `${shown(address)} is not an e-mail address.`);

    let wrong: Rejected | undefined;
    const normal = (
      column: Column | undefined,
      what: string,
      form: (t: string) => string | undefined,
    ): string => {
      const given = text(column);
      if (given === "") return "";
      const value = form(given);
      if (value === undefined && column) wrong ??= invalid(column, given, what);
      return value ?? "";
    };
    const name = (column: Column | undefined, given = text(column)): string => {
      if (column && isTooLong(given, maxNameLength))
        wrong ??= invalid(column, given, `at most ${maxNameLength} characters long`);
      return cleanText(given, maxNameLength);
    };

    const names = full ? splitName(text(full)) : undefined;
    const land = normal(country, "a country", cachedCountry);
    const fields: Record<string, FieldValue> = {};
    for (const column of fieldColumns) {
      const given = text(column);
      if (given === "") continue;
      const value = valueFromText(column.type, given);
      if (value === undefined) wrong ??= invalid(column, given, fieldWords[column.type]);
      else if (value !== "") fields[column.key] = value;
    }
    const person: ImportedPerson = {
      email: known,
      phone: normal(phone, "a phone number with its country code", (t) => normalizePhone(t, land)) || null,
      firstName: first ? name(first) : name(full, names?.first ?? ""),
      lastName: last ? name(last) : name(full, names?.last ?? ""),
      locale: normal(locale, "a language tag such as en or pt-BR", cachedLocale),
      timeZone: normal(timeZone, "a time zone such as Europe/Dublin", normalizeTimeZone),
      country: land,
      fields,
      tags: tags.length === 0 ? noTags : splitTags(tags.map(text)),
    };
    return wrong ? { ok: false, ...wrong } : { ok: true, person };
  };
}

const noTags: readonly string[] = [];
const fieldWords = {
  text: "at most 2,000 characters long",
  number: "a number",
  boolean: "yes or no",
  date: "a date that can be read in one way only, such as 2026-11-22",
} as const satisfies Record<FieldType, string>;

/** The apostrophe by which our own files of refused rows keep a spreadsheet from running a cell: not part of the value. */
const withoutGuard = (text: string) => (text.startsWith("'") ? text.replace(/^'(?=[=+\-@])/, "") : text);

const refused = (reason: RejectionReason, detail: string): RowResult => ({
  ok: false,
  reason,
  detail: detail.slice(0, 300).toWellFormed(),
});
const invalid = (column: Column, given: string, what: string): Rejected => ({
  reason: "invalid_value",
  detail: `${shown(column.name)}: ${shown(given)} is not ${what}.`,
});
const shown = (text: string) => `“${[...cleanText(text.slice(0, 400), 100)].slice(0, 80).join("")}”`;

/** "Ada King Lovelace" is Ada, "Lovelace, Ada" too. */
function splitName(text: string): { first: string; last: string } {
  const comma = text.indexOf(",");
  if (comma > 0) return { first: text.slice(comma + 1).trim(), last: text.slice(0, comma).trim() };
  const [first = "", ...others] = text.split(/\s+/);
  return { first, last: others.join(" ") };
}

function splitTags(cells: readonly string[]): string[] {
  const tags = cells.flatMap((cell) => cell.split(/[,;|]/)).map((tag) => cleanText(tag, maxTagLength));
  return [...new Set(tags.filter((tag) => tag !== ""))].slice(0, maxTags);
}

/** Columns of a file repeat themselves a thousandfold. */
function cached(form: (text: string) => string | undefined): (text: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (text) => {
    if (known.has(text)) return known.get(text);
    const value = form(text);
    if (known.size < 1_000) known.set(text, value);
    return value;
  };
}
const cachedLocale = cached(normalizeLocale);
const cachedCountry = cached(normalizeCountry);
