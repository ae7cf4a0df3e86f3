/** Transactional messages: each is a request with its content, and one row of the ledger under the request's id. */
import { and, desc, eq, gte, isNull, lt, sql } from "drizzle-orm";
import type { ConnectionId, ContactId, DirectSendId, MessageId } from "#domain/ids";
import type { Link } from "#domain/message/links";
import type { MessageState } from "#domain/sending/ledger";
import { sourceOf } from "#domain/sending/source";
import { retryLocks } from "../errors.ts";
import {
  connections,
  contacts,
  directSends,
  links,
  messageEvents,
  messages,
  suppressions,
} from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";

export type DirectSend = typeof directSends.$inferSelect;
export type NewDirectSend = Omit<DirectSend, "tenantId" | "finishedAt"> & {
  readonly contactId: ContactId;
  /** Not to be sent at all: recorded with the reason, and finished. */
  readonly skip: "suppressed" | null;
  readonly links: readonly Link[];
};

/** False where a request under this id is there already. Hand in the scope of a transaction: all rows or none. */
export async function insertDirectSend(tx: TenantDb, send: NewDirectSend): Promise<boolean> {
  const { contactId, skip, links: tracked, ...row } = send;
  const finishedAt = skip ? row.createdAt : null;
  const { rowsAffected } = await tx.insertMissing(directSends, { ...row, finishedAt });
  if (rowsAffected === 0) return false;
  const sourceId = sourceOf(row.id);
  await tx.insert(messages, {
    sourceId,
    contactId,
    id: row.messageId,
    isDirect: true,
    state: skip ? "skipped" : "queued",
    reason: skip ?? "",
    address: row.address,
    notBefore: row.sendAt,
  });
  if (tracked.length > 0)
    await tx.insert(
      links,
      tracked.map(({ position, url }) => ({ runId: sourceId, position, url })),
    );
  return true;
}

/** A request's ledger row; the id of a source names its tenant's request byte for byte. */
const ofRequest = (scope: TenantDb) =>
  scope.on(messages, and(sql`${messages.sourceId} = ${directSends.id}`, eq(messages.step, 0)));

const ledger = {
  contactId: messages.contactId,
  state: messages.state,
  reason: messages.reason,
  tries: messages.tries,
  notBefore: messages.notBefore,
  claimedAt: messages.claimedAt,
  connectionId: messages.connectionId,
  providerMessageId: messages.providerMessageId,
  acceptedAt: messages.acceptedAt,
  openedAt: messages.openedAt,
  clickedAt: messages.clickedAt,
};

export async function getDirectSend(scope: TenantDb, id: DirectSendId) {
  const [row] = await scope
    .pick({ send: directSends, message: ledger }, directSends, eq(directSends.id, id))
    .innerJoin(messages, ofRequest(scope));
  return row;
}
export type StandingDirectSend = NonNullable<Awaited<ReturnType<typeof getDirectSend>>>;

export type DirectFilter = {
  readonly address?: string | undefined;
  readonly state?: MessageState | undefined;
  readonly since?: Date | undefined;
  readonly before?: DirectSendId | undefined;
  readonly limit: number;
};

/** Newest first, without their content. */
export async function listDirectSends(scope: TenantDb, filter: DirectFilter) {
  const { content: _content, ...columns } = directColumns;
  const where = and(
    filter.address === undefined ? undefined : eq(directSends.address, filter.address),
    filter.before ? lt(directSends.id, filter.before) : undefined,
    filter.since ? gte(directSends.createdAt, filter.since) : undefined,
    filter.state ? eq(messages.state, filter.state) : undefined,
  );
  return scope
    .pick({ send: columns, message: ledger, provider: connections.kind }, directSends, where)
    .innerJoin(messages, ofRequest(scope))
    .leftJoin(connections, scope.on(connections, eq(connections.id, directSends.connectionId)))
    .orderBy(desc(directSends.id))
    .limit(filter.limit);
}
export type ListedDirectSend = Awaited<ReturnType<typeof listDirectSends>>[number];

const directColumns = {
  id: directSends.id,
  messageId: directSends.messageId,
  channel: directSends.channel,
  connectionId: directSends.connectionId,
  templateId: directSends.templateId,
  address: directSends.address,
  subject: directSends.subject,
  tags: directSends.tags,
  content: directSends.content,
  metadata: directSends.metadata,
  sendAt: directSends.sendAt,
  createdAt: directSends.createdAt,
  finishedAt: directSends.finishedAt,
};

/** In the order in which they happened. */
export async function eventsOfMessage(scope: TenantDb, messageId: MessageId, id: DirectSendId) {
  return scope
    .pick(
      {
        kind: messageEvents.kind,
        machine: messageEvents.machine,
        detail: messageEvents.detail,
        url: links.url,
        at: messageEvents.at,
      },
      messageEvents,
      and(eq(messageEvents.sourceId, sourceOf(id)), eq(messageEvents.messageId, messageId)),
    )
    .leftJoin(
      links,
      scope.on(
        links,
        and(eq(links.runId, messageEvents.sourceId), eq(links.position, messageEvents.linkPosition)),
      ),
    )
    .orderBy(messageEvents.at, messageEvents.id)
    .limit(100);
}

/** True for the one caller whose move it was; false while an attempt holds it, and when it is over. */
export async function skipDirect(
  scope: TenantDb,
  id: DirectSendId,
  reason: "cancelled" | "suppressed",
): Promise<boolean> {
  const { rowsAffected } = await retryLocks(() =>
    scope.update(
      messages,
      { state: "skipped", reason },
      and(eq(messages.sourceId, sourceOf(id)), eq(messages.step, 0), eq(messages.state, "queued")),
    ),
  );
  return rowsAffected > 0;
}

/** Nobody can send it any more: what was never handed over failed, what may have been stays in doubt. */
export async function abandonDirect(scope: TenantDb, id: DirectSendId, reason: string): Promise<void> {
  // MySQL assigns from left to right: `reason` first, as both read the state that was.
  await retryLocks(() =>
    scope.execute(
      sql`update messages set reason = ${reason.slice(0, 300)}, state = if(state = 'queued', 'failed', 'unknown')
        where ${scope.own("messages")} and ${eq(messages.sourceId, sourceOf(id))} and step = 0 and state in ('queued', 'sending')`,
    ),
  );
}

/**
 * The message waits, and says for what. True for the one caller who put it off: it alone asks for it to be looked at
 * again, or messages about one request would multiply.
 */
export async function postponeDirect(
  scope: TenantDb,
  id: DirectSendId,
  reason: string,
  from: Date | null,
  until: Date,
): Promise<boolean> {
  const { rowsAffected } = await retryLocks(() =>
    scope.update(
      messages,
      { notBefore: until, reason: reason.slice(0, 300) },
      and(
        eq(messages.sourceId, sourceOf(id)),
        eq(messages.step, 0),
        eq(messages.state, "queued"),
        from ? eq(messages.notBefore, from) : isNull(messages.notBefore),
      ),
    ),
  );
  return rowsAffected > 0;
}

/** Nothing looks at it any more. */
export async function finishDirect(scope: TenantDb, id: DirectSendId, now: Date): Promise<void> {
  await retryLocks(() =>
    scope.update(
      directSends,
      { finishedAt: now },
      and(eq(directSends.id, id), isNull(directSends.finishedAt)),
    ),
  );
}

/** The row an attempt has claimed, whoever it is for: its recipient need not be a contact. */
export async function claimedDirect(scope: TenantDb, id: DirectSendId, attemptId: Uint8Array) {
  const [row] = await scope
    .pick(
      {
        contactId: messages.contactId,
        messageId: messages.id,
        address: messages.address,
        tries: messages.tries,
        suppressed: suppressions.reason,
      },
      messages,
      and(
        eq(messages.sourceId, sourceOf(id)),
        eq(messages.step, 0),
        eq(messages.state, "sending"),
        eq(messages.attemptId, attemptId),
      ),
    )
    .innerJoin(directSends, scope.on(directSends, eq(directSends.id, id)))
    .leftJoin(
      suppressions,
      scope.on(
        suppressions,
        and(eq(suppressions.channel, directSends.channel), eq(suppressions.address, messages.address)),
      ),
    );
  return row;
}

/** Whether this connection's provider has reported on other transactional messages that left by it in these minutes. */
export async function reportedNearby(
  scope: TenantDb,
  connectionId: ConnectionId,
  from: Date,
  to: Date,
): Promise<boolean> {
  const [row] = await scope
    .pick(
      { id: directSends.id },
      directSends,
      and(
        eq(directSends.connectionId, connectionId),
        gte(directSends.sendAt, from),
        lt(directSends.sendAt, to),
        sql`${messages.state} in ('delivered', 'bounced', 'complained')`,
        eq(messages.connectionId, connectionId),
        gte(messages.claimedAt, from),
        lt(messages.claimedAt, to),
      ),
    )
    .innerJoin(messages, ofRequest(scope))
    .limit(1);
  return row !== undefined;
}

/** By address: the contact it belongs to, if any. */
export async function contactAt(
  scope: TenantDb,
  channel: "email" | "sms",
  address: string,
): Promise<ContactId | undefined> {
  const column = channel === "email" ? contacts.email : contacts.phone;
  const [row] = await scope
    .pick({ id: contacts.id }, contacts, eq(column, address))
    .orderBy(contacts.id)
    .limit(1);
  return row?.id;
}
