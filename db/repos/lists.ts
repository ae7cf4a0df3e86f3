/** Lists, and who is in them. */
import { and, asc, eq, inArray, sql } from "drizzle-orm";
import { type ContactId, idFromBytes, type ListId } from "#domain/ids";
import { inBatches } from "../batches.ts";
import { rawStatement, rowsLiteral } from "../bulk.ts";
import { listMembers, lists } from "../schema/audiences.ts";
import type { TenantDb } from "../scope.ts";

export type List = {
  readonly id: ListId;
  readonly name: string;
  readonly contacts: number;
  readonly createdAt: Date;
};

const shown = { id: lists.id, name: lists.name, createdAt: lists.createdAt };

export async function listNames(scope: TenantDb): Promise<Omit<List, "contacts">[]> {
  return scope.pick(shown, lists).orderBy(asc(lists.name));
}

export async function listLists(scope: TenantDb): Promise<List[]> {
  const rows = await listNames(scope);
  const { rows: counted } = await scope.execute(
    sql`select lm.list_id as id, count(*) as n from list_members lm where ${scope.own("lm")} group by lm.list_id`,
  );
  const sizes = new Map(
    (counted as { id: Uint8Array; n: string }[]).map((row) => [idFromBytes("lst", row.id), Number(row.n)]),
  );
  return rows.map((row) => ({ ...row, contacts: sizes.get(row.id) ?? 0 }));
}

export async function getList(scope: TenantDb, id: ListId): Promise<List | undefined> {
  const [row] = await scope.pick(shown, lists, eq(lists.id, id));
  if (!row) return undefined;
  const [size] = await scope.pick(
    { n: sql`count(*)`.mapWith(Number) },
    listMembers,
    eq(listMembers.listId, id),
  );
  return { ...row, contacts: size?.n ?? 0 };
}

export type NewList = { readonly id: ListId; readonly name: string; readonly createdAt: Date };

/** Whether the name was free. */
export async function insertList(scope: TenantDb, list: NewList): Promise<boolean> {
  const { rowsAffected } = await scope.insertMissing(lists, { ...list, updatedAt: list.createdAt });
  return rowsAffected > 0;
}

/** Throws the database's own refusal (db/errors.ts `isDuplicate`) when the name is taken. */
export async function renameList(scope: TenantDb, id: ListId, name: string, now: Date): Promise<void> {
  await scope.update(lists, { name, updatedAt: now }, eq(lists.id, id));
}

export async function deleteList(scope: TenantDb, id: ListId): Promise<boolean> {
  await inBatches((limit) => scope.delete(listMembers, eq(listMembers.listId, id)).limit(limit));
  const { rowsAffected } = await scope.delete(lists, eq(lists.id, id));
  return rowsAffected > 0;
}

/** Adds people; those already there stay. Rows go in the order of the key, so that two writers do not deadlock. */
export async function addToList(
  scope: TenantDb,
  id: ListId,
  people: readonly ContactId[],
  now: Date,
): Promise<void> {
  if (people.length === 0) return;
  const rows = [...people].sort().map((contact) => [{ id: scope.tenantId }, { id }, { id: contact }, now]);
  await scope.execute(
    rawStatement(
      `insert ignore into list_members (tenant_id, list_id, contact_id, added_at) values ${rowsLiteral(rows)}`,
    ),
  );
}

export async function removeFromList(
  scope: TenantDb,
  id: ListId,
  people: readonly ContactId[],
): Promise<void> {
  if (people.length === 0) return;
  await scope.delete(
    listMembers,
    and(eq(listMembers.listId, id), inArray(listMembers.contactId, [...people])) ?? sql`false`,
  );
}
