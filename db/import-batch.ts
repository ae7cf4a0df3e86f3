/** Some thousand rows of a file and the checkpoint behind them: written together in one transaction, or not at all. */
import type { ImportOptions } from "#domain/contact/import";
import { type Merged, mergeImported } from "#domain/contact/import-merge";
import type { ImportedPerson } from "#domain/contact/import-row";
import type { TagId } from "#domain/ids";
import type { NewId } from "#domain/ports";
import { errnoOf } from "./errors.ts";
import {
  changePeople,
  holdPeople,
  insertErrors,
  insertPeople,
  type Known,
  knownPeople,
  markMet,
  moveCheckpoint,
  type Step,
} from "./import-statements.ts";
import { appendProofs } from "./repos/consents.ts";
import type { ImportErrorRow } from "./repos/imports.ts";
import { addToList } from "./repos/lists.ts";
import { addTags, ensureTags } from "./repos/tags.ts";
import type { TenantDb } from "./scope.ts";

export type BatchRow = {
  readonly line: number;
  readonly cells: readonly string[];
  readonly person: ImportedPerson;
};

export type Batch = Step & {
  readonly options: ImportOptions;
  /** No two of one address. */
  readonly people: readonly BatchRow[];
  readonly rejected: readonly ImportErrorRow[];
  readonly newId: NewId;
};

const tries = 8;

/** False when the import no longer runs or its checkpoint was moved by another worker; then nothing was written. */
export async function writeBatch(scope: TenantDb, batch: Batch): Promise<boolean> {
  const tagIds = await tagsOf(scope, batch);
  for (let attempt = 1; ; attempt++) {
    const emails = batch.people.map((row) => row.person.email);
    const known = await knownPeople(scope, batch.importId, emails);
    try {
      return await scope.transaction((tx) => write(tx, batch, known, tagIds));
    } catch (error) {
      // Somebody added or deleted one of these people meanwhile, or another transaction won the locks: look again.
      const isRace = error instanceof PeopleChanged || [1062, 1205, 1213].includes(errnoOf(error) ?? 0);
      if (error instanceof NotOurs) return false;
      if (!isRace || attempt === tries) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10 * 2 ** attempt * Math.random()));
    }
  }
}

class PeopleChanged extends Error {}
/** Thrown to undo what was written so far. */
class NotOurs extends Error {}

async function write(
  tx: TenantDb,
  batch: Batch,
  known: ReadonlyMap<string, Known>,
  tagIds: ReadonlyMap<string, TagId>,
): Promise<boolean> {
  const fresh = batch.people.filter((row) => !known.get(row.person.email)?.isRepeated);
  const repeated = batch.people.filter((row) => known.get(row.person.email)?.isRepeated);
  const rejected = [...batch.rejected, ...repeated.map(asRepetition)];
  const before = await holdPeople(
    tx,
    fresh.flatMap((row) => known.get(row.person.email)?.id ?? []),
  );
  const written = fresh.map((row) => {
    const id = known.get(row.person.email)?.id;
    const person = id && before.get(id);
    if (id && person?.email !== row.person.email) throw new PeopleChanged();
    const merged = mergeImported(person, row.person, batch.options);
    return { row, merged, id: id ?? batch.newId("ctc") };
  });
  const count = (outcome: Merged["outcome"]) => written.filter((w) => w.merged.outcome === outcome).length;
  const isOurs = await moveCheckpoint(tx, batch, {
    read: batch.people.length + batch.rejected.length,
    created: count("created"),
    updated: count("updated"),
    unchanged: count("unchanged"),
    rejected: rejected.length,
  });
  if (!isOurs) throw new NotOurs();
  const rows = (outcome: Merged["outcome"]) =>
    written.flatMap((w) => (w.merged.outcome === outcome ? [{ id: w.id, person: w.merged }] : []));
  await insertPeople(tx, batch, rows("created"));
  await changePeople(tx, batch, rows("updated"));
  await markMet(
    tx,
    batch,
    rows("unchanged").map((row) => row.id),
  );
  await appendProofs(
    tx,
    written
      .filter((w) => w.merged.consentChanged)
      .map((w) => ({
        id: batch.newId("con"),
        contactId: w.id,
        channel: "email" as const,
        status: w.merged.emailConsent,
        source: `import ${batch.importId}`,
        ip: "",
        userAgent: "",
        wording: batch.options.consent_wording,
        at: batch.now,
      })),
  );
  const tagged = written.flatMap((w) =>
    [...batch.options.tags, ...w.row.person.tags].flatMap((name) => {
      const tag = tagIds.get(name);
      return tag ? [[w.id, tag] as const] : [];
    }),
  );
  await addTags(tx, tagged);
  if (batch.options.list_id)
    await addToList(
      tx,
      batch.options.list_id,
      written.map((w) => w.id),
      batch.now,
    );
  await insertErrors(tx, batch.importId, rejected);
  return true;
}

const asRepetition = ({ line, cells, person }: BatchRow): ImportErrorRow => ({
  line,
  reason: "repeated_in_file",
  detail: `${person.email} stands further up in this file; that row counts.`,
  row: cells,
});

async function tagsOf(scope: TenantDb, batch: Batch): Promise<Map<string, TagId>> {
  const names = new Set([...batch.options.tags, ...batch.people.flatMap((row) => row.person.tags)]);
  return names.size === 0 ? new Map() : ensureTags(scope, [...names], batch.newId, batch.now);
}
