/** Values of custom fields, held to the types their tenant declared. */
import type { FieldError } from "../failure.ts";
import { fail, ok, type Result } from "../result.ts";
import type { FieldDefinition, FieldType, FieldValue } from "./fields.ts";
import { cleanText } from "./text.ts";

export const maxFieldTextLength = 2_000;
export type FieldValues = Readonly<Record<string, FieldValue>>;

/** JSON as programs send it: types are exact, nothing is guessed. `undefined` where the value does not fit. */
export function typedValue(type: FieldType, value: FieldValue): FieldValue | undefined {
  if (value === null) return null;
  switch (type) {
    case "text":
      return typeof value === "string" ? cleanText(value, maxFieldTextLength) : undefined;
    case "number":
      return typeof value === "number" && Number.isFinite(value) ? value : undefined;
    case "boolean":
      return typeof value === "boolean" ? value : undefined;
    case "date":
      return typeof value === "string" && isCalendarDate(value) ? value : undefined;
  }
}

const wanted = {
  text: "a text",
  number: "a number",
  boolean: "true or false",
  date: "a date as YYYY-MM-DD",
} as const satisfies Record<FieldType, string>;

/** The fields after a write: what is given is checked and set, null takes a value away, the rest stays. */
export function mergeFields(
  definitions: readonly FieldDefinition[],
  current: FieldValues,
  given: FieldValues,
): Result<Record<string, FieldValue>> {
  const types = new Map(definitions.map((d) => [d.key, d.type]));
  const errors: FieldError[] = [];
  // What is left of fields that are no longer declared goes with the next write.
  const merged = Object.fromEntries(Object.entries(current).filter(([key]) => types.has(key)));
  for (const [key, value] of Object.entries(given)) {
    const type = types.get(key);
    const typed = type && typedValue(type, value);
    if (!type) errors.push({ pointer: `/fields/${key}`, detail: `There is no field ${key}.` });
    else if (typed === undefined)
      errors.push({ pointer: `/fields/${key}`, detail: `${key} takes ${wanted[type]}.` });
    else if (typed === null || typed === "") delete merged[key];
    else merged[key] = typed;
  }
  return errors.length > 0 ? fail({ kind: "invalid", errors }) : ok(merged);
}

const calendarDate = /^(\d{4})-(\d{2})-(\d{2})$/;

/** `YYYY-MM-DD`, a day that the Gregorian calendar has. */
export function isCalendarDate(text: string): boolean {
  const match = calendarDate.exec(text);
  return match !== null && isDay(Number(match[1]), Number(match[2]), Number(match[3]));
}

export function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return day <= days;
}
