/** People: one row each, shown with their tags and whether their address is suppressed. */
import { and, desc, eq, inArray, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/mysql-core";
import type { ConsentStatus, SuppressionReason } from "#domain/contact/consent";
import type { ContactFacts } from "#domain/contact/contact";
import type { FieldValue } from "#domain/contact/fields";
import { type ContactId, idToBytes } from "#domain/ids";
import { contactTags, tags } from "../schema/audiences.ts";
import { contacts, suppressions } from "../schema/contacts.ts";
import type { TenantDb } from "../scope.ts";

export type ContactRow = ContactFacts & {
  readonly id: ContactId;
  readonly fields: Readonly<Record<string, FieldValue>>;
  readonly emailConsent: ConsentStatus;
  readonly smsConsent: ConsentStatus;
  readonly source: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};
export type Contact = ContactRow & {
  /** Names, in the order of the alphabet. */
  readonly tags: readonly string[];
  /** Why the e-mail address is never written to, if so. */
  readonly suppressed: SuppressionReason | null;
};

/** `contacts` under the name that hand-written conditions use. */
export const c = alias(contacts, "c");

const columns = {
  id: c.id,
  email: c.email,
  phone: c.phone,
  firstName: c.firstName,
  lastName: c.lastName,
  locale: c.locale,
  timeZone: c.timeZone,
  country: c.country,
  fields: c.fields,
  emailConsent: c.emailConsent,
  smsConsent: c.smsConsent,
  source: c.source,
  createdAt: c.createdAt,
  updatedAt: c.updatedAt,
};

export async function getContact(scope: TenantDb, id: ContactId): Promise<Contact | undefined> {
  return (await contactsWhere(scope, eq(c.id, id), 1))[0];
}

export async function contactByEmail(scope: TenantDb, email: string): Promise<Contact | undefined> {
  return (await contactsWhere(scope, eq(c.email, email), 1))[0];
}

/** The bare row, held until the transaction ends: two writers of one person take turns. */
export async function holdContact(scope: TenantDb, id: ContactId): Promise<ContactRow | undefined> {
  const [row] = await scope.pick(columns, c, eq(c.id, id)).for("update");
  return row;
}

/** Newest first. `where` speaks of `c`. */
export async function contactsWhere(
  scope: TenantDb,
  where: SQL | undefined,
  limit: number,
): Promise<Contact[]> {
  const rows = await scope
    .pick({ ...columns, suppressed: suppressions.reason }, c, where)
    .leftJoin(
      suppressions,
      scope.on(suppressions, and(eq(suppressions.channel, "email"), eq(suppressions.address, c.email))),
    )
    .orderBy(desc(c.id))
    .limit(limit);
  const named = await tagNames(
    scope,
    rows.map((row) => row.id),
  );
  return rows.map((row) => ({ ...row, tags: named.get(row.id) ?? [] }));
}

async function tagNames(scope: TenantDb, ids: readonly ContactId[]): Promise<Map<ContactId, string[]>> {
  const named = new Map<ContactId, string[]>();
  if (ids.length === 0) return named;
  const rows = await scope
    .pick(
      { contactId: contactTags.contactId, name: tags.name },
      contactTags,
      inArray(contactTags.contactId, [...ids]),
    )
    .innerJoin(tags, scope.on(tags, eq(tags.id, contactTags.tagId)))
    .orderBy(tags.name);
  for (const row of rows) named.set(row.contactId, [...(named.get(row.contactId) ?? []), row.name]);
  return named;
}

export async function countContactsWhere(scope: TenantDb, where: SQL | undefined): Promise<number> {
  const [row] = await scope.pick({ n: sql`count(*)`.mapWith(Number) }, c, where);
  return row?.n ?? 0;
}

/** Throws the database's own refusal (db/errors.ts `isDuplicate`) when the address is taken. */
export async function insertContact(scope: TenantDb, row: ContactRow): Promise<void> {
  await scope.insert(contacts, { ...row, fields: { ...row.fields } });
}

export type ContactChange = Partial<Omit<ContactRow, "id" | "createdAt" | "source">>;

export async function updateContact(scope: TenantDb, id: ContactId, change: ContactChange): Promise<void> {
  const { fields, ...rest } = change;
  await scope.update(
    contacts,
    { ...rest, ...(fields ? { fields: { ...fields } } : {}) },
    eq(contacts.id, id),
  );
}

/** The person and what they were part of. Messages, events and proofs of consent stay: they are the books. */
export async function deleteContact(scope: TenantDb, id: ContactId): Promise<boolean> {
  const bytes = idToBytes(id);
  await scope.execute(
    sql`delete from contact_tags where ${scope.own("contact_tags")} and contact_id = ${bytes}`,
  );
  await scope.execute(
    sql`delete from list_members where ${scope.own("list_members")} and contact_id = ${bytes}`,
  );
  const { rowsAffected } = await scope.delete(contacts, eq(contacts.id, id));
  return rowsAffected > 0;
}

/** Which of these ids are contacts of this tenant. */
export async function existingContacts(scope: TenantDb, ids: readonly ContactId[]): Promise<ContactId[]> {
  if (ids.length === 0) return [];
  const rows = await scope.pick({ id: contacts.id }, contacts, inArray(contacts.id, [...ids]));
  return rows.map((row) => row.id);
}
