/** Recording a change of consent with its proof. */

import { appendProofs } from "#db/repos/consents";
import { type Contact, getContact, holdContact, updateContact } from "#db/repos/contacts";
import { inTransaction } from "#db/transaction";
import type { Channel } from "#domain/contact/consent";
import { cleanText } from "#domain/contact/text";
import type { ContactId } from "#domain/ids";
import { fail, ok, type Result } from "#domain/result";
import { audit } from "../audit.ts";
import type { Act } from "../settings/act.ts";
import { sourceOf } from "./source.ts";

export type ConsentInput = {
  readonly channel: Channel;
  readonly status: "subscribed" | "unsubscribed";
  readonly wording: string;
  readonly confirmed: boolean;
};

export async function recordConsent(
  { scope, deps, actor }: Act,
  id: ContactId,
  input: ConsentInput,
): Promise<Result<Contact>> {
  return inTransaction(scope, async (tx) => {
    const held = await holdContact(tx, id);
    if (!held) return notFound;
    const key = input.channel === "email" ? "emailConsent" : "smsConsent";
    const before = held[key];
    if (input.status === "subscribed" && before === "unsubscribed" && !input.confirmed) return unconfirmed;
    if (input.status === "subscribed" && (input.channel === "email" ? held.email : held.phone) === null)
      return noAddress;
    const wording = cleanText(input.wording, 1_000);
    const now = new Date(deps.now());
    // Saying again what already stands is no new fact, unless other words were agreed to.
    if (before !== input.status || wording !== "") {
      await updateContact(tx, id, { [key]: input.status, updatedAt: now });
      await appendProofs(tx, [
        {
          id: deps.newId("con"),
          contactId: id,
          channel: input.channel,
          status: input.status,
          source: sourceOf(actor),
          ip: actor.ip,
          userAgent: actor.userAgent,
          wording,
          at: now,
        },
      ]);
      await audit(tx, deps, actor, {
        action: "contact.consent",
        subject: id,
        before: { channel: input.channel, status: before },
        after: { channel: input.channel, status: input.status, confirmed: input.confirmed },
      });
    }
    const contact = await getContact(tx, id);
    return contact ? ok(contact) : notFound;
  });
}

const notFound = fail({ kind: "not_found", what: "contact" });
const unconfirmed = fail({
  kind: "invalid",
  errors: [
    {
      pointer: "/confirmed",
      detail: "This person unsubscribed. Confirm that they themselves asked to be written to again.",
    },
  ],
});
const noAddress = fail({
  kind: "invalid",
  errors: [{ pointer: "/channel", detail: "This contact has no address for this channel." }],
});
