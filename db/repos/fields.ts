/** Custom fields: which there are and what they hold. */
import { asc, eq } from "drizzle-orm";
import type { FieldDefinition } from "#domain/contact/fields";
import { fields } from "../schema/contacts.ts";
import type { TenantDb } from "../scope.ts";

export type Field = FieldDefinition & { readonly createdAt: Date };

const shown = { key: fields.key, label: fields.label, type: fields.type, createdAt: fields.createdAt };

/** In the order of their declaration. */
export async function listFields(scope: TenantDb): Promise<Field[]> {
  return scope.pick(shown, fields).orderBy(asc(fields.createdAt), asc(fields.key));
}

export async function findField(scope: TenantDb, key: string): Promise<Field | undefined> {
  const [row] = await scope.pick(shown, fields, eq(fields.key, key));
  return row;
}

/** Whether the key was free. */
export async function insertField(scope: TenantDb, field: Field): Promise<boolean> {
  const { rowsAffected } = await scope.insertMissing(fields, field);
  return rowsAffected > 0;
}

export async function deleteField(scope: TenantDb, key: string): Promise<boolean> {
  const { rowsAffected } = await scope.delete(fields, eq(fields.key, key));
  return rowsAffected > 0;
}
