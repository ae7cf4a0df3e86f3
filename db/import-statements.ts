/** The statements of one batch of an import, each on all of its rows; built as text, because a builder would cost more than MySQL. */
import { sql } from "drizzle-orm";
import type { ConsentStatus } from "#domain/contact/consent";
import type { FieldValue } from "#domain/contact/fields";
import type { KnownPerson } from "#domain/contact/import-merge";
import { type ContactId, type ImportId, idFromBytes, idToBytes } from "#domain/ids";
import { bytesLiteral, type Literal, literal, rawStatement, rowsLiteral } from "./bulk.ts";
import type { ImportErrorRow } from "./repos/imports.ts";
import type { TenantDb } from "./scope.ts";

export type Checkpoint = { readonly bytes: number; readonly line: number };
export type Step = {
  readonly importId: ImportId;
  readonly from: Checkpoint;
  readonly to: Checkpoint;
  readonly now: Date;
  readonly leaseUntil: Date;
};
export type Counts = {
  readonly read: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: number;
};

/** Whether the import runs and still stands where the batch begins. */
export async function moveCheckpoint(tx: TenantDb, step: Step, counts: Counts): Promise<boolean> {
  const { rowsAffected } = await tx.execute(sql`
    update imports i set
      cursor_bytes = ${step.to.bytes}, cursor_line = ${step.to.line}, lease_until = ${step.leaseUntil}, updated_at = ${step.now},
      rows_read = rows_read + ${counts.read}, rows_created = rows_created + ${counts.created},
      rows_updated = rows_updated + ${counts.updated}, rows_unchanged = rows_unchanged + ${counts.unchanged},
      rows_rejected = rows_rejected + ${counts.rejected}
    where ${tx.own("i")} and i.id = ${idToBytes(step.importId)} and i.state = 'running' and i.cursor_bytes = ${step.from.bytes}`);
  return rowsAffected === 1;
}

export type Known = {
  readonly id: ContactId;
  /** This very import met the person before. */
  readonly isRepeated: boolean;
};

/** By address; people who are not known are missing. */
export async function knownPeople(
  scope: TenantDb,
  importId: ImportId,
  emails: readonly string[],
): Promise<Map<string, Known>> {
  if (emails.length === 0) return new Map();
  const { rows } = await scope.execute(
    rawStatement(
      `select id, email, coalesce(import_id = ${literal({ id: importId })}, 0) as met from contacts
       where tenant_id = ${literal({ id: scope.tenantId })} and email in (${emails.map(literal).join(",")})`,
    ),
  );
  return new Map(
    (rows as { id: Uint8Array; email: string; met: number | string }[]).map((row) => [
      row.email,
      { id: idFromBytes("ctc", row.id), isRepeated: Number(row.met) === 1 },
    ]),
  );
}

type HeldRow = {
  id: Uint8Array;
  email: string | null;
  phone: string | null;
  first_name: string;
  last_name: string;
  locale: string;
  time_zone: string;
  country: string;
  fields: Record<string, FieldValue>;
  email_consent: ConsentStatus;
};

/** Their rows as they stand now, held until the transaction ends. Those who are gone meanwhile are missing. */
export async function holdPeople(
  tx: TenantDb,
  ids: readonly ContactId[],
): Promise<Map<ContactId, KnownPerson>> {
  if (ids.length === 0) return new Map();
  const { rows } = await tx.execute(
    rawStatement(
      `select id, email, phone, first_name, last_name, locale, time_zone, country, fields, email_consent from contacts
       where tenant_id = ${literal({ id: tx.tenantId })} and id in (${idList(ids)}) for update`,
    ),
  );
  return new Map(
    (rows as HeldRow[]).map((row) => [
      idFromBytes("ctc", row.id),
      {
        email: row.email,
        phone: row.phone,
        firstName: row.first_name,
        lastName: row.last_name,
        locale: row.locale,
        timeZone: row.time_zone,
        country: row.country,
        fields: row.fields,
        emailConsent: row.email_consent,
      },
    ]),
  );
}

export type PersonRow = { readonly id: ContactId; readonly person: KnownPerson };

const columns =
  "tenant_id, id, email, phone, first_name, last_name, locale, time_zone, country, fields, email_consent, source, import_id, created_at, updated_at";

/** Throws error 1062 when one of the addresses was taken meanwhile. */
export async function insertPeople(tx: TenantDb, step: Step, rows: readonly PersonRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(
    rawStatement(`insert into contacts (${columns}) values ${personLiterals(tx, step, rows)}`),
  );
}

/** Held rows, known by their key. How they came and when stays as it was. */
export async function changePeople(tx: TenantDb, step: Step, rows: readonly PersonRow[]): Promise<void> {
  if (rows.length === 0) return;
  const changed = [
    "phone",
    "first_name",
    "last_name",
    "locale",
    "time_zone",
    "country",
    "fields",
    "email_consent",
    "import_id",
    "updated_at",
  ].map((column) => `${column} = values(${column})`);
  await tx.execute(
    rawStatement(
      `insert into contacts (${columns}) values ${personLiterals(tx, step, rows)} on duplicate key update ${changed.join(", ")}`,
    ),
  );
}

function personLiterals(tx: TenantDb, step: Step, rows: readonly PersonRow[]): string {
  // In the order of the unique key on the address, so that two imports take their locks in one order.
  const sorted = [...rows].sort((a, b) => ((a.person.email ?? "") < (b.person.email ?? "") ? -1 : 1));
  return rowsLiteral(
    sorted.map(({ id, person }): Literal[] => [
      { id: tx.tenantId },
      { id },
      person.email,
      person.phone,
      person.firstName,
      person.lastName,
      person.locale,
      person.timeZone,
      person.country,
      { json: person.fields },
      person.emailConsent,
      "import",
      { id: step.importId },
      step.now,
      step.now,
    ]),
  );
}

/** People whose row stays as it is are known to have been in the file all the same. */
export async function markMet(tx: TenantDb, step: Step, ids: readonly ContactId[]): Promise<void> {
  if (ids.length === 0) return;
  await tx.execute(
    rawStatement(
      `update contacts set import_id = ${literal({ id: step.importId })} where tenant_id = ${literal({ id: tx.tenantId })} and id in (${idList(ids)})`,
    ),
  );
}

const idList = (ids: readonly ContactId[]) =>
  [...ids]
    .sort()
    .map((id) => bytesLiteral(idToBytes(id)))
    .join(",");

const keptCells = 200;
const keptLength = 1_000;

export async function insertErrors(
  tx: TenantDb,
  importId: ImportId,
  rows: readonly ImportErrorRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const values = rows.map((row): Literal[] => [
    { id: tx.tenantId },
    { id: importId },
    row.line,
    row.reason,
    row.detail.slice(0, 300),
    { json: row.row.slice(0, keptCells).map((cell) => cell.slice(0, keptLength).toWellFormed()) },
  ]);
  await tx.execute(
    rawStatement(
      `insert into import_errors (tenant_id, import_id, line, reason, detail, \`row\`) values ${rowsLiteral(values)}`,
    ),
  );
}
