/** Whom a transactional message goes to, and by which connection. */
import { defaultConnection, findConnection } from "#db/repos/connections";
import { type Contact, getContact } from "#db/repos/contacts";
import { contactAt } from "#db/repos/direct-sends";
import type { TenantDb } from "#db/scope";
import { normalizeEmail, normalizePhone } from "#domain/contact/address";
import type { Channel } from "#domain/contact/consent";
import type { Recipient } from "#domain/message/variables";
import { fail, ok, type Result } from "#domain/result";
import { carriesAttachments } from "#domain/sending/provider";
import { type SmsConnection, senderAt, senderProblemWords } from "#domain/sms/campaign-sender";
import type { MessageBody } from "../routes/messages.schema.ts";

export type Addressee = {
  readonly address: string;
  /** Undefined for people who are no contacts. */
  readonly contact: Contact | undefined;
  readonly recipient: Recipient;
};

export const invalid = (pointer: string, detail: string) =>
  fail({ kind: "invalid", errors: [{ pointer, detail }] });

export function normalized(channel: Channel, text: string): string | undefined {
  return channel === "email" ? normalizeEmail(text) : normalizePhone(text);
}

export async function addresseeOf(scope: TenantDb, input: MessageBody): Promise<Result<Addressee>> {
  const { channel, to, contact_id } = input;
  if ((to === undefined) === (contact_id === undefined))
    return invalid("/to", "Name either an address or a contact.");
  if (contact_id !== undefined) {
    const contact = await getContact(scope, contact_id);
    if (!contact) return invalid("/contact_id", "There is no such contact.");
    const address = channel === "email" ? contact.email : contact.phone;
    if (address === null)
      return invalid(
        "/contact_id",
        `This contact has no ${channel === "email" ? "e-mail address" : "phone number"}.`,
      );
    return ok({ address, contact, recipient: contact });
  }
  const address = normalized(channel, to ?? "");
  if (!address)
    return invalid(
      "/to",
      channel === "email" ? "This is not an e-mail address." : "This is not a phone number in E.164.",
    );
  const id = await contactAt(scope, channel, address);
  const contact = id && (await getContact(scope, id));
  return ok({ address, contact, recipient: contact ?? stranger(channel, address) });
}

const stranger = (channel: Channel, address: string): Recipient => ({
  email: channel === "email" ? address : null,
  firstName: "",
  lastName: "",
  locale: "",
  country: "",
  fields: {},
});

export async function connectionFor(scope: TenantDb, input: MessageBody) {
  const { channel, connection_id } = input;
  const row = connection_id
    ? await findConnection(scope, connection_id)
    : await defaultConnection(scope, channel);
  if (!row && connection_id) return invalid("/connection_id", "There is no such connection.");
  if (!row)
    return fail({
      kind: "not_ready",
      errors: [{ pointer: "/connection_id", detail: `Connect a provider for ${channel} before you send.` }],
    });
  if (row.channel !== channel) return invalid("/connection_id", `This connection carries ${row.channel}.`);
  if (input.attachments.length > 0 && !carriesAttachments(row.kind))
    return invalid("/attachments", `Messages by ${row.kind} carry no files here; choose another connection.`);
  return ok(row);
}

/** What is wrong with whom a text message is to be from, by the rules of the provider it goes out by. */
export function senderProblem(input: MessageBody, connection: SmsConnection): string | undefined {
  if (input.channel !== "sms") return undefined;
  const read = senderAt(connection, input.sender ?? "");
  return read.ok
    ? undefined
    : `By ${connection.name} it cannot be sent: ${senderProblemWords[read.problem]}.`;
}
