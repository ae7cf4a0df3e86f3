/** Tags, and who carries them. */
import { and, asc, eq, inArray, sql } from "drizzle-orm";
import { type ContactId, idFromBytes, idToBytes, type TagId } from "#domain/ids";
import type { NewId } from "#domain/ports";
import { inBatches } from "../batches.ts";
import { rawStatement, rowsLiteral } from "../bulk.ts";
import { retryLocks } from "../errors.ts";
import { contactTags, tags } from "../schema/audiences.ts";
import type { TenantDb } from "../scope.ts";

export type Tag = { readonly id: TagId; readonly name: string; readonly contacts: number };

export async function listTagNames(scope: TenantDb): Promise<Pick<Tag, "id" | "name">[]> {
  return scope.pick({ id: tags.id, name: tags.name }, tags).orderBy(asc(tags.name));
}

export async function listTags(scope: TenantDb): Promise<Tag[]> {
  const rows = await listTagNames(scope);
  const { rows: counted } = await scope.execute(
    sql`select ct.tag_id as id, count(*) as n from contact_tags ct where ${scope.own("ct")} group by ct.tag_id`,
  );
  const sizes = new Map(
    (counted as { id: Uint8Array; n: string }[]).map((row) => [idFromBytes("tag", row.id), Number(row.n)]),
  );
  return rows.map((row) => ({ ...row, contacts: sizes.get(row.id) ?? 0 }));
}

export async function findTag(scope: TenantDb, id: TagId): Promise<{ id: TagId; name: string } | undefined> {
  const [row] = await scope.pick({ id: tags.id, name: tags.name }, tags, eq(tags.id, id));
  return row;
}

/** Whether the name was free; names that differ by case or accents alone are one. */
export async function insertTag(
  scope: TenantDb,
  tag: { id: TagId; name: string; createdAt: Date },
): Promise<boolean> {
  const { rowsAffected } = await scope.insertMissing(tags, tag);
  return rowsAffected > 0;
}

/** The tags of these names, made where they are missing. The key of the answer is the name as it was asked for. */
export async function ensureTags(
  scope: TenantDb,
  names: readonly string[],
  newId: NewId,
  now: Date,
): Promise<Map<string, TagId>> {
  const wanted = [...new Set(names)];
  const found = new Map<string, TagId>();
  for (let at = 0; at < wanted.length; at += 500) {
    const part = wanted.slice(at, at + 500);
    await find(scope, part, found);
    const missing = part.filter((name) => !found.has(name));
    if (missing.length === 0) continue;
    const rows = missing.map((name) => ({ id: newId("tag"), name, createdAt: now }));
    await retryLocks(() => scope.insertMissing(tags, rows));
    await find(scope, missing, found);
  }
  return found;
}

// Which names are the same is the unique key's to say, so the database pairs them up, not this code.
async function find(scope: TenantDb, names: readonly string[], found: Map<string, TagId>): Promise<void> {
  const list = JSON.stringify(names);
  const { rows } = await scope.execute(sql`
    select w.at, t.id from json_table(${list}, '$[*]' columns (at for ordinality, name varchar(60) character set utf8mb4 path '$')) w
    join tags t on ${scope.own("t")} and t.name = w.name collate utf8mb4_0900_ai_ci`);
  for (const row of rows as { at: number | string; id: Uint8Array }[]) {
    const name = names[Number(row.at) - 1];
    if (name !== undefined) found.set(name, idFromBytes("tag", row.id));
  }
}

export async function deleteTag(scope: TenantDb, id: TagId): Promise<boolean> {
  await inBatches((limit) => scope.delete(contactTags, eq(contactTags.tagId, id)).limit(limit));
  const { rowsAffected } = await scope.delete(tags, eq(tags.id, id));
  return rowsAffected > 0;
}

/** Puts tags on; those already there stay. Rows go in the order of the key, so that two writers do not deadlock. */
export async function addTags(
  scope: TenantDb,
  pairs: readonly (readonly [ContactId, TagId])[],
): Promise<void> {
  if (pairs.length === 0) return;
  const sorted = [...pairs].sort(([a, s], [b, t]) => (a === b ? compare(s, t) : compare(a, b)));
  const rows = sorted.map(([contact, tag]) => [{ id: scope.tenantId }, { id: contact }, { id: tag }]);
  await scope.execute(
    rawStatement(
      `insert ignore into contact_tags (tenant_id, contact_id, tag_id) values ${rowsLiteral(rows)}`,
    ),
  );
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

export async function removeTag(scope: TenantDb, id: TagId, from: readonly ContactId[]): Promise<void> {
  if (from.length === 0) return;
  await scope.delete(
    contactTags,
    and(eq(contactTags.tagId, id), inArray(contactTags.contactId, [...from])) ?? sql`false`,
  );
}

/** The person carries exactly these tags from now on. */
export async function replaceTags(scope: TenantDb, contact: ContactId, ids: readonly TagId[]): Promise<void> {
  const others =
    ids.length === 0
      ? sql``
      : sql` and tag_id not in (${sql.join(
          ids.map((id) => sql`${idToBytes(id)}`),
          sql`, `,
        )})`;
  await scope.execute(
    sql`delete from contact_tags where ${scope.own("contact_tags")} and contact_id = ${idToBytes(contact)}${others}`,
  );
  await addTags(
    scope,
    ids.map((id) => [contact, id] as const),
  );
}
