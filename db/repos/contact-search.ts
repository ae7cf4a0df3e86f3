/** Finding people: filters that are exact, and a search by beginnings that stays fast at a million. */
import { and, eq, inArray, lt, or, type SQL, sql } from "drizzle-orm";
import type { ConsentStatus } from "#domain/contact/consent";
import { type ContactId, idFromBytes, idToBytes, type ListId, type TagId } from "#domain/ids";
import type { SegmentRule } from "#domain/segment/schema";
import type { TenantDb } from "../scope.ts";
import { segmentSql } from "../segment-sql.ts";
import { type Contact, c, contactsWhere, countContactsWhere } from "./contacts.ts";

export type ContactFilter = {
  /** Beginning of an e-mail address, first name, last name, `first last`, or phone number. */
  readonly search?: string | undefined;
  readonly tag?: TagId | undefined;
  readonly list?: ListId | undefined;
  readonly rule?: SegmentRule | undefined;
  readonly consent?: ConsentStatus | undefined;
  /** What relative dates of `rule` count from. */
  readonly now: Date;
};
export type ContactPage = { readonly before?: ContactId | undefined; readonly limit: number };

/** Newest first. */
export async function listContacts(
  scope: TenantDb,
  filter: ContactFilter,
  page: ContactPage,
): Promise<Contact[]> {
  const before = page.before ? lt(c.id, page.before) : undefined;
  const members = filter.search ? undefined : membersOf(scope, filter);
  if (members) return membersPage(scope, page, members);
  const where = and(before, conditionOf(scope, filter));
  if (!filter.search) return contactsWhere(scope, where, page.limit);
  const beginnings = beginningsOf(filter.search);
  const few = await fewWith(scope, beginnings);
  // Where many match, walking down from the newest meets enough of them soon; where few do, the indexes found them all.
  if (!few) return contactsWhere(scope, and(where, anyOf(beginnings)), page.limit);
  return few.length === 0 ? [] : contactsWhere(scope, and(where, inArray(c.id, few)), page.limit);
}

type Members = { readonly from: SQL; readonly rest: ContactFilter };

/** The members of the tag or list that is asked for, and what is left of the filter. */
function membersOf(scope: TenantDb, filter: ContactFilter): Members | undefined {
  const { tag, list } = filter;
  const join = sql`straight_join contacts c on c.id = m.contact_id and ${scope.own("c")} where ${scope.own("m")}`;
  if (tag)
    return {
      from: sql`contact_tags m ${join} and m.tag_id = ${idToBytes(tag)}`,
      rest: { ...filter, tag: undefined },
    };
  if (list)
    return {
      from: sql`list_members m ${join} and m.list_id = ${idToBytes(list)}`,
      rest: { ...filter, list: undefined },
    };
  return undefined;
}

/** Along an index of members, which is in the order of the page; left to itself, MySQL would sort all of them first. */
async function membersPage(scope: TenantDb, page: ContactPage, { from, rest }: Members): Promise<Contact[]> {
  const before = page.before ? sql`and m.contact_id < ${idToBytes(page.before)}` : sql``;
  const others = conditionOf(scope, rest);
  const { rows } = await scope.execute(
    sql`select m.contact_id as id from ${from} ${before} ${others ? sql`and ${others}` : sql``}
      order by m.contact_id desc limit ${page.limit}`,
  );
  const ids = (rows as { id: Uint8Array }[]).map((row) => idFromBytes("ctc", row.id));
  return ids.length === 0 ? [] : contactsWhere(scope, inArray(c.id, ids), page.limit);
}

export async function countContacts(scope: TenantDb, filter: ContactFilter): Promise<number> {
  const found = filter.search ? anyOf(beginningsOf(filter.search)) : undefined;
  return countContactsWhere(scope, and(found, conditionOf(scope, filter)));
}

function conditionOf(scope: TenantDb, { tag, list, rule, consent, now }: ContactFilter): SQL | undefined {
  return and(
    consent && eq(c.emailConsent, consent),
    tag &&
      sql`exists (select 1 from contact_tags ct where ${scope.own("ct")} and ct.contact_id = c.id and ct.tag_id = ${idToBytes(tag)})`,
    list &&
      sql`exists (select 1 from list_members lm where ${scope.own("lm")} and lm.list_id = ${idToBytes(list)} and lm.contact_id = c.id)`,
    rule && segmentSql(scope, rule, "c", now),
  );
}

const startsWith = (column: SQL, text: string) =>
  sql`${column} like ${`${text.replace(/[\\%_]/g, "\\$&")}%`}`;

/** Each is a range of one index. */
function beginningsOf(search: string): SQL[] {
  const text = search.toWellFormed().normalize("NFC");
  const beginnings = [
    startsWith(sql`c.email`, text),
    startsWith(sql`c.first_name`, text),
    startsWith(sql`c.last_name`, text),
  ];
  const [first, ...others] = text.split(/\s+/);
  if (first && others.length > 0)
    beginnings.push(
      sql`(${startsWith(sql`c.first_name`, first)} and ${startsWith(sql`c.last_name`, others.join(" "))})`,
    );
  const digits = text.replace(/[\s().-]/g, "");
  if (/^\+?\d+$/.test(digits))
    beginnings.push(startsWith(sql`c.phone`, digits.startsWith("+") ? digits : `+${digits}`));
  return beginnings;
}

const anyOf = (beginnings: readonly SQL[]) => or(...beginnings);

/** More than this many and a walk by key is cheaper than sorting them. */
const fewLimit = 1_000;

/** Everyone with one of the beginnings; undefined when they are many. */
async function fewWith(scope: TenantDb, beginnings: readonly SQL[]): Promise<ContactId[] | undefined> {
  const parts = beginnings.map(
    (beginning) =>
      sql`(select c.id from contacts c where ${scope.own("c")} and ${beginning} limit ${fewLimit + 1})`,
  );
  const { rows } = await scope.execute(sql.join(parts, sql` union all `));
  const ids = new Set((rows as { id: Uint8Array }[]).map((row) => idFromBytes("ctc", row.id)));
  return rows.length > fewLimit ? undefined : [...ids];
}
