/** Leaving text messages by their link: GET only asks, because programs look into links; POST acts. */
import type { Context } from "hono";
import { addressOfMessage, type MessageRecipient, recipientOf } from "#db/repos/recipients";
import { suppress } from "#db/repos/suppressions";
import { getTenant } from "#db/repos/tenants";
import { maskPhone } from "#domain/contact/mask";
import { escapeHtml } from "#domain/message/html";
import type { AppEnv } from "../../context.ts";
import { changeConsent } from "../../recipient/consent.ts";
import { type ShortVisit, shortVisitOf } from "../../recipient/short-visit.ts";
import { createRouter } from "../../router.ts";
import { page } from "./page.ts";
import { unknownLink } from "./unknown.ts";

export const leaveTexts = createRouter();

leaveTexts.get("/t/q/:token", async (c) => {
  const visit = await shortVisitOf(c, "consent");
  const recipient = visit && (await recipientOf(visit.scope, visit.messageId));
  if (!visit || !recipient) return unknownLink(c);
  const tenantName = (await getTenant(visit.scope)).name;
  if (recipient.contact.smsConsent === "unsubscribed") return left(c, tenantName, shown(recipient));
  const body = `<p>${escapeHtml(question(tenantName, recipient))}</p><form method="post"><button>Stop texts</button></form>`;
  return page(c, { title: "No more texts?", tenantName, body });
});

leaveTexts.post("/t/q/:token", async (c) => {
  const visit = await shortVisitOf(c, "consent");
  if (!visit) return unknownLink(c);
  const recipient = await recipientOf(visit.scope, visit.messageId);
  if (!recipient) return leaveWithoutContact(c, visit);
  const tenantName = (await getTenant(visit.scope)).name;
  const wording = question(tenantName, recipient);
  const decision = { status: "unsubscribed", source: "unsubscribe_page", wording } as const;
  await changeConsent(c, visit, recipient, decision, "sms");
  return left(c, tenantName, shown(recipient));
});

/** The contact was deleted, the wish still counts: the number is kept from ever being written to again. */
async function leaveWithoutContact(c: Context<AppEnv>, visit: ShortVisit) {
  const address = await addressOfMessage(visit.scope, visit.messageId);
  if (!address) return unknownLink(c);
  await suppress(visit.scope, {
    channel: "sms",
    address,
    reason: "manual",
    detail: "Left by link after the contact was deleted",
    createdAt: new Date(c.var.deps.now()),
  });
  return left(c, (await getTenant(visit.scope)).name, maskPhone(address));
}

const shown = ({ contact, address }: MessageRecipient) => maskPhone(contact.phone ?? address);

const question = (tenantName: string, recipient: MessageRecipient) =>
  `Stop all marketing texts from ${tenantName} to ${shown(recipient)}?`;

function left(c: Context<AppEnv>, tenantName: string, number: string) {
  const body = `<p>${escapeHtml(number)} gets no more marketing texts from ${escapeHtml(tenantName)}. What is already
on its way may still arrive.</p>`;
  return page(c, { title: "No more texts", tenantName, body });
}
