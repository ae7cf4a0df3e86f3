/** Where each column would go: by its name, by the tenant's own fields, and by what stands in it. */
import { normalizeEmail, normalizePhone } from "./address.ts";
import type { FieldDefinition } from "./fields.ts";
import type { ImportTarget } from "./import.ts";
import { foldHeader, headerTarget } from "./import-headers.ts";

/** `rows` are data rows, without the header. */
export function guessMapping(
  columns: readonly string[],
  hasHeader: boolean,
  rows: readonly (readonly string[])[],
  fields: readonly FieldDefinition[],
): ImportTarget[] {
  const mapping: ImportTarget[] = columns.map(() => "skip");
  const give = (column: number, target: ImportTarget) => {
    // Tags may come from several columns, everything else from one: the first that claims it.
    if (mapping[column] === "skip" && (target === "tags" || !mapping.includes(target)))
      mapping[column] = target;
  };
  const emails = share(columns, rows, (cell) => normalizeEmail(cell) !== undefined);
  const named = hasHeader ? columns.map(headerTarget) : [];
  // A column called "email" without addresses in it loses to one that is full of them.
  const bestEmail = bestColumn(emails.map((value, i) => value + (named[i] === "email" ? 0.3 : 0)));
  if (bestEmail !== undefined && (emails[bestEmail] ?? 0) + (named[bestEmail] === "email" ? 1 : 0) >= 0.5)
    give(bestEmail, "email");
  if (hasHeader)
    for (const [i, column] of columns.entries()) {
      const own = ownField(column, fields);
      const target = named[i];
      if (own) give(i, own);
      else if (target) give(i, target);
    }
  const phones = share(
    columns,
    rows,
    (cell) => /^\+|^00/.test(cell.trim()) && normalizePhone(cell) !== undefined,
  );
  const bestPhone = bestColumn(phones);
  if (bestPhone !== undefined && (phones[bestPhone] ?? 0) >= 0.6) give(bestPhone, "phone");
  return bothNames(mapping);
}

function ownField(column: string, fields: readonly FieldDefinition[]): `fields.${string}` | undefined {
  const folded = foldHeader(column);
  if (folded === "") return undefined;
  const field = fields.find((f) => foldHeader(f.key) === folded || foldHeader(f.label) === folded);
  return field && `fields.${field.key}`;
}

/** "Name" beside "Vorname" is the family name; "Nom" or "Nome" alone is the whole name. */
function bothNames(mapping: readonly ImportTarget[]): ImportTarget[] {
  const has = (target: ImportTarget) => mapping.includes(target);
  if (has("full_name") && has("first_name") && !has("last_name"))
    return mapping.map((target) => (target === "full_name" ? "last_name" : target));
  if (has("full_name") && (has("first_name") || has("last_name")))
    return mapping.map((target) => (target === "full_name" ? "skip" : target));
  return [...mapping];
}

/** Per column, how many of its cells that hold anything pass. */
function share(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  passes: (cell: string) => boolean,
): number[] {
  return columns.map((_, i) => {
    const filled = rows.map((row) => row[i] ?? "").filter((cell) => cell.trim() !== "");
    return filled.length === 0 ? 0 : filled.filter(passes).length / filled.length;
  });
}

function bestColumn(shares: readonly number[]): number | undefined {
  const best = Math.max(0, ...shares);
  return best > 0 ? shares.indexOf(best) : undefined;
}
