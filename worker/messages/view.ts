/** A transactional message as the API shows it. */

import { findConnection } from "#db/repos/connections";
import { existingContacts } from "#db/repos/contacts";
import {
  eventsOfMessage,
  getDirectSend,
  type ListedDirectSend,
  type StandingDirectSend,
} from "#db/repos/direct-sends";
import type { TenantDb } from "#db/scope";
import type { DirectContent } from "#domain/direct/content";
import type { ContactId, DirectSendId } from "#domain/ids";
import { fail, ok } from "#domain/result";
import type { MessageState } from "#domain/sending/ledger";
import type { Address } from "#domain/sending/provider";
import { may, type Role } from "#domain/tenant/role";
import { unpackContent } from "#queues/direct/content";

/** What is not due yet is scheduled, to people; to the ledger it is queued like any other. */
export function stateOf(state: MessageState, sendAt: Date, nowMs: number): MessageState | "scheduled" {
  return state === "queued" && sendAt.getTime() > nowMs ? "scheduled" : state;
}

/** Content holds password links and codes: only who may send such messages reads them. */
export const mayReadContent = (role: Role): boolean => may(role, "messages.send");

export function summaryJson(
  { send, message, provider }: ListedDirectSend,
  contacts: ReadonlySet<ContactId>,
  role: Role,
  nowMs: number,
) {
  return {
    id: send.id,
    message_id: send.messageId,
    channel: send.channel,
    state: stateOf(message.state, send.sendAt, nowMs),
    reason: message.reason,
    to: send.address,
    contact_id: contacts.has(message.contactId) ? message.contactId : null,
    subject: mayReadContent(role) ? send.subject : null,
    template_id: send.templateId,
    connection_id: send.connectionId,
    provider,
    provider_message_id: message.providerMessageId,
    metadata: send.metadata,
    tags: send.tags,
    send_at: send.sendAt.toISOString(),
    created_at: send.createdAt.toISOString(),
    accepted_at: message.acceptedAt?.toISOString() ?? null,
    opened_at: message.openedAt?.toISOString() ?? null,
    clicked_at: message.clickedAt?.toISOString() ?? null,
  };
}

/** Strangers have an id in the ledger too, and no page of their own. */
export async function knownContacts(scope: TenantDb, rows: readonly Pick<StandingDirectSend, "message">[]) {
  return new Set(
    await existingContacts(
      scope,
      rows.map((row) => row.message.contactId),
    ),
  );
}

export async function messageView(scope: TenantDb, id: DirectSendId, role: Role, nowMs: number) {
  const standing = await getDirectSend(scope, id);
  if (!standing) return fail({ kind: "not_found", what: "message" });
  const isShown = mayReadContent(role);
  const [contacts, events, connection, content] = await Promise.all([
    knownContacts(scope, [standing]),
    eventsOfMessage(scope, standing.send.messageId, id),
    findConnection(scope, standing.send.connectionId),
    isShown && standing.send.hasContent === 1 ? unpackContent(standing.send.content) : undefined,
  ]);
  const provider = connection?.kind ?? null;
  return ok({
    ...summaryJson({ ...standing, provider }, contacts, role, nowMs),
    ...contentJson(content),
    events: events.map(({ at, kind, machine, detail, url }) => ({
      at: at.toISOString(),
      kind,
      machine: machine === 1,
      detail,
      // A link that was clicked may be the one that sets a password.
      url: isShown ? url : null,
    })),
  });
}

function contentJson(content: DirectContent | undefined) {
  if (!content)
    return { from: null, reply_to: null, html: null, text: null, segments: null, attachments: null };
  if (content.channel === "sms") {
    const { from, text, segments } = content;
    return { from, reply_to: null, html: "", text, segments, attachments: [] };
  }
  const { from, replyTo, subject, html, text, attachments } = content;
  const reply_to = replyTo ? written(replyTo) : null;
  return { subject, from: written(from), reply_to, html, text, segments: 0, attachments };
}

const written = ({ email, name }: Address) => (name ? `${name} <${email}>` : email);
