/** Transactional messages: each is a request with its content, and one row of the ledger under the request's id. */
import { and, desc, eq, gt, gte, lt, lte, sql } from "drizzle-orm";
import type { ContactId, DirectSendId, MessageId } from "#domain/ids";
import type { Link } from "#domain/message/links";
import type { MessageState } from "#domain/sending/ledger";
import { sourceOf } from "#domain/sending/source";
import { connections, contacts, directSends, links, messageEvents, messages } from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";

export type DirectSend = typeof directSends.$inferSelect;
export type NewDirectSend = Omit<DirectSend, "tenantId" | "finishedAt" | "hasContent"> & {
  readonly contactId: ContactId;
  /** Not to be sent at all: recorded with the reason, and finished. */
  readonly skip: "suppressed" | null;
  readonly links: readonly Link[];
  /** Parts of a text message; 0 for mail. */
  readonly segments: number;
};

/** False where a request under this id is there already. Hand in the scope of a transaction: all rows or none. */
export async function insertDirectSend(tx: TenantDb, send: NewDirectSend): Promise<boolean> {
  const { contactId, skip, segments, links: tracked, ...row } = send;
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
    segments,
  });
  if (tracked.length > 0)
    await tx.insert(
      links,
      tracked.map(({ position, url }) => ({ runId: sourceId, position, url })),
    );
  return true;
}

/** A request's ledger row; the id of a source names its tenant's request byte for byte. */
export const ofRequest = (scope: TenantDb) =>
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
  readonly state?: MessageState | "scheduled" | undefined;
  /** Tells what is scheduled from what is queued. */
  readonly now: Date;
  readonly since?: Date | undefined;
  readonly before?: DirectSendId | undefined;
  readonly limit: number;
};

function stateIs({ state, now }: DirectFilter) {
  if (state === "scheduled") return and(eq(messages.state, "queued"), gt(directSends.sendAt, now));
  if (state === "queued") return and(eq(messages.state, "queued"), lte(directSends.sendAt, now));
  return state ? eq(messages.state, state) : undefined;
}

/** Newest first, without their content. */
export async function listDirectSends(scope: TenantDb, filter: DirectFilter) {
  const { content: _content, ...columns } = directColumns;
  const where = and(
    filter.address === undefined ? undefined : eq(directSends.address, filter.address),
    filter.before ? lt(directSends.id, filter.before) : undefined,
    filter.since ? gte(directSends.createdAt, filter.since) : undefined,
    stateIs(filter),
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
