/** The preference page: shows where consent stands, and changes it by POST alone. */
import { type MessageRecipient, recipientOf } from "#db/repos/recipients";
import { getTenant } from "#db/repos/tenants";
import { maskEmail } from "#domain/contact/mask";
import { escapeHtml } from "#domain/message/html";
import { changeConsent } from "../../recipient/consent.ts";
import { visitOf } from "../../recipient/visit.ts";
import { createRouter } from "../../router.ts";
import { page } from "./page.ts";
import { unknownLink } from "./unknown.ts";
import { formOf } from "./unsubscribe.ts";

export const preferences = createRouter();

preferences.get("/t/p/:token", async (c) => {
  const visit = await visitOf(c, "consent");
  const recipient = visit && (await recipientOf(visit.scope, visit.messageId));
  if (!visit || !recipient) return unknownLink(c);
  const tenantName = (await getTenant(visit.scope)).name;
  const subscribed = recipient.contact.emailConsent !== "unsubscribed";
  return page(c, { title: "Your preferences", tenantName, body: choices(tenantName, recipient, subscribed) });
});

preferences.post("/t/p/:token", async (c) => {
  const visit = await visitOf(c, "consent");
  const recipient = visit && (await recipientOf(visit.scope, visit.messageId));
  if (!visit || !recipient) return unknownLink(c);
  const tenantName = (await getTenant(visit.scope)).name;
  const wanted = (await formOf(c)).get("email");
  const isDecision = wanted === "subscribed" || wanted === "unsubscribed";
  // Who asked never to be written to, or whose mailbox is gone, does not come back by a link in an old mail.
  if (!isDecision || (wanted === "subscribed" && recipient.suppressed !== null)) {
    const subscribed = recipient.contact.emailConsent !== "unsubscribed";
    const body = choices(tenantName, recipient, subscribed);
    return page(c, { title: "Your preferences", tenantName, body }, 400);
  }
  const wording = sentence(tenantName, recipient, wanted === "subscribed");
  await changeConsent(c, visit, recipient, { status: wanted, source: "preference_page", wording });
  const body = `<p role="status">Saved.</p>${choices(tenantName, recipient, wanted === "subscribed")}`;
  return page(c, { title: "Your preferences", tenantName, body });
});

const shown = ({ contact, address }: MessageRecipient) => maskEmail(contact.email ?? address);

function sentence(tenantName: string, recipient: MessageRecipient, subscribed: boolean): string {
  return subscribed
    ? `${shown(recipient)} gets marketing mail from ${tenantName}.`
    : `${shown(recipient)} gets no marketing mail from ${tenantName}.`;
}

function choices(tenantName: string, recipient: MessageRecipient, subscribed: boolean): string {
  const now = `<p>${escapeHtml(sentence(tenantName, recipient, subscribed && recipient.suppressed === null))}</p>`;
  if (recipient.suppressed !== null) {
    return `${now}<p class="soft">This address is blocked after a bounce, a complaint or a request. Write to
${escapeHtml(tenantName)} if you want their mail again.</p>`;
  }
  const [value, label] = subscribed ? ["unsubscribed", "Unsubscribe"] : ["subscribed", "Subscribe again"];
  return `${now}<form method="post"><input type="hidden" name="email" value="${value}"><button>${label}</button></form>`;
}
