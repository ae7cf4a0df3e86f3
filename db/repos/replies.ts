/** What people wrote back by text message. */
import { and, count, desc, eq, gte, lt, ne } from "drizzle-orm";
import type { ConnectionId, ContactId, ReplyId } from "#domain/ids";
import type { Keyword } from "#domain/sms/keywords";
import { retryLocks } from "../errors.ts";
import { contacts, replies } from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";

export type NewReply = {
  readonly id: ReplyId;
  readonly connectionId: ConnectionId;
  readonly contactId: ContactId | null;
  readonly fromAddress: string;
  readonly toAddress: string;
  readonly text: string;
  readonly keyword: Keyword | "";
  readonly needsReview: boolean;
  /** 16 bytes: the same reply told twice is one row. */
  readonly dedupeKey: Uint8Array;
  readonly at: Date;
};

export async function isKnownReply(scope: TenantDb, dedupeKey: Uint8Array): Promise<boolean> {
  const [row] = await scope.pick({ id: replies.id }, replies, eq(replies.dedupeKey, dedupeKey)).limit(1);
  return row !== undefined;
}

/** Whether it is new. Of two that come at once, one is told so. */
export async function keepReply(scope: TenantDb, reply: NewReply): Promise<boolean> {
  const row = { ...reply, needsReview: reply.needsReview ? 1 : 0 };
  const { rowsAffected } = await retryLocks(() => scope.insertMissing(replies, row));
  return rowsAffected > 0;
}

/** How often this number wrote this keyword since, this reply left out. */
export async function countSame(
  scope: TenantDb,
  reply: Pick<NewReply, "id" | "fromAddress" | "keyword">,
  since: Date,
): Promise<number> {
  const same = and(
    eq(replies.fromAddress, reply.fromAddress),
    gte(replies.at, since),
    eq(replies.keyword, reply.keyword),
    ne(replies.id, reply.id),
  );
  const [row] = await scope.pick({ times: count() }, replies, same);
  return row?.times ?? 0;
}

const shown = {
  id: replies.id,
  connectionId: replies.connectionId,
  contactId: replies.contactId,
  fromAddress: replies.fromAddress,
  toAddress: replies.toAddress,
  text: replies.text,
  keyword: replies.keyword,
  needsReview: replies.needsReview,
  at: replies.at,
  firstName: contacts.firstName,
  lastName: contacts.lastName,
  email: contacts.email,
};

export type ShownReply = Awaited<ReturnType<typeof listReplies>>[number];

export type ReplyFilter = {
  readonly limit: number;
  readonly before?: ReplyId | undefined;
  readonly contactId?: ContactId | undefined;
  readonly keyword?: Keyword | undefined;
  readonly needsReview?: boolean | undefined;
};

/** Newest first. */
export async function listReplies(scope: TenantDb, filter: ReplyFilter) {
  const { before, contactId, keyword, needsReview } = filter;
  const where = and(
    before && lt(replies.id, before),
    contactId && eq(replies.contactId, contactId),
    keyword && eq(replies.keyword, keyword),
    needsReview === undefined ? undefined : eq(replies.needsReview, needsReview ? 1 : 0),
  );
  return scope
    .pick(shown, replies, where)
    .leftJoin(contacts, scope.on(contacts, eq(contacts.id, replies.contactId)))
    .orderBy(desc(replies.id))
    .limit(filter.limit);
}

export async function findReply(scope: TenantDb, id: ReplyId): Promise<ShownReply | undefined> {
  const [row] = await scope
    .pick(shown, replies, eq(replies.id, id))
    .leftJoin(contacts, scope.on(contacts, eq(contacts.id, replies.contactId)));
  return row;
}

/** Whether it still waited: of two people who review at once, one did. */
export async function markReviewed(scope: TenantDb, id: ReplyId): Promise<boolean> {
  const waiting = and(eq(replies.id, id), eq(replies.needsReview, 1));
  const { rowsAffected } = await scope.update(replies, { needsReview: 0 }, waiting);
  return rowsAffected > 0;
}
