/** Leaving: GET only asks, because scanners follow links; POST acts at once, with or without a browser (RFC 8058). */
import type { Context } from "hono";
import { addressOfMessage, type MessageRecipient, recipientOf } from "#db/repos/recipients";
import { suppress } from "#db/repos/suppressions";
import { getTenant } from "#db/repos/tenants";
import { maskEmail } from "#domain/contact/mask";
import { escapeHtml } from "#domain/message/html";
import type { AppEnv } from "../../context.ts";
import { changeConsent } from "../../recipient/consent.ts";
import { type Visit, visitOf } from "../../recipient/visit.ts";
import { createRouter } from "../../router.ts";
import { page } from "./page.ts";
import { unknownLink } from "./unknown.ts";

export const unsubscribe = createRouter();

unsubscribe.get("/t/u/:token", async (c) => {
  const visit = await visitOf(c, "consent");
  const recipient = visit && (await recipientOf(visit.scope, visit.messageId));
  if (!visit || !recipient) return unknownLink(c);
  const tenantName = (await getTenant(visit.scope)).name;
  if (recipient.contact.emailConsent === "unsubscribed") return left(c, tenantName, recipient);
  const body = `<p>${escapeHtml(question(tenantName, recipient))}</p>
<form method="post"><input type="hidden" name="from" value="page"><button>Unsubscribe</button></form>
<p class="soft">${preferencesLink(c, "Or see your preferences")}</p>`;
  return page(c, { title: "Unsubscribe?", tenantName, body });
});

unsubscribe.post("/t/u/:token", async (c) => {
  const visit = await visitOf(c, "consent");
  const recipient = visit && (await recipientOf(visit.scope, visit.messageId));
  if (visit && !recipient) return leaveWithoutContact(c, visit);
  if (!visit || !recipient) return unknownLink(c);
  const tenantName = (await getTenant(visit.scope)).name;
  const isPage = (await formOf(c)).get("from") === "page";
  await changeConsent(c, visit, recipient, {
    status: "unsubscribed",
    source: isPage ? "unsubscribe_page" : "one_click",
    wording: isPage ? question(tenantName, recipient) : "",
  });
  return left(c, tenantName, recipient);
});

/** The contact was deleted, the wish still counts: the address is kept from ever being written to again. */
async function leaveWithoutContact(c: Context<AppEnv>, visit: Visit) {
  const address = await addressOfMessage(visit.scope, visit.messageId);
  if (!address) return unknownLink(c);
  await suppress(visit.scope, {
    channel: "email",
    address,
    reason: "manual",
    detail: "Unsubscribed after the contact was deleted",
    createdAt: new Date(c.var.deps.now()),
  });
  const tenantName = (await getTenant(visit.scope)).name;
  const body = `<p>${escapeHtml(maskEmail(address))} gets no more marketing mail from ${escapeHtml(tenantName)}.</p>`;
  return page(c, { title: "You are unsubscribed", tenantName, body });
}

const question = (tenantName: string, { contact, address }: MessageRecipient) =>
  `Stop all marketing mail from ${tenantName} to ${maskEmail(contact.email ?? address)}?`;

function left(c: Context<AppEnv>, tenantName: string, { contact, address }: MessageRecipient) {
  const body = `<p>${escapeHtml(maskEmail(contact.email ?? address))} gets no more marketing mail from
${escapeHtml(tenantName)}. What is already on its way may still arrive.</p>
<p class="soft">${preferencesLink(c, "That was a mistake? See your preferences")}</p>`;
  return page(c, { title: "You are unsubscribed", tenantName, body });
}

// The token has been verified by now, so it is safe to print.
function preferencesLink(c: Context<AppEnv>, text: string): string {
  return `<a href="/t/p/${escapeHtml(c.req.param("token") ?? "")}">${text}</a>`;
}

/** Whatever the content type, also none: a mailbox provider's request must not fail on how it is dressed. */
export async function formOf(c: Context<AppEnv>): Promise<URLSearchParams> {
  const text = await c.req.text().catch(() => "");
  return new URLSearchParams(text.slice(0, 2_000));
}
