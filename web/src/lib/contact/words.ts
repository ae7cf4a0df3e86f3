/** Contacts, consent and suppression in words and tones. */
import type { Channel, ConsentStatus, SuppressionReason } from "#domain/contact/consent";
import type { Tone } from "#lib/ui/Pill.svelte";
import type { Contact } from "./queries.ts";

export const consentWords: Record<ConsentStatus, { label: string; tone: Tone; text: string }> = {
  subscribed: { label: "Subscribed", tone: "ok", text: "Agreed to be written to" },
  pending: { label: "Pending", tone: "warn", text: "Asked, and has not confirmed yet" },
  unsubscribed: { label: "Unsubscribed", tone: "neutral", text: "Left; no import brings them back" },
  none: { label: "No consent", tone: "neutral", text: "Was never asked" },
};
export const channelWords: Record<Channel, string> = { email: "E-mail", sms: "SMS" };

export const suppressionWords: Record<SuppressionReason, string> = {
  opted_out: "Opted out by text message",
  bounced: "Bounced: the address does not exist",
  complained: "Complained: marked your mail as spam",
  manual: "Suppressed by your team",
};
export function suppressionText(reason: string): string {
  return reason in suppressionWords ? suppressionWords[reason as SuppressionReason] : reason;
}

export function fullName(contact: Pick<Contact, "first_name" | "last_name">): string {
  return [contact.first_name, contact.last_name].filter(Boolean).join(" ");
}
/** How a contact is called where there is one line. */
export function contactLabel(contact: Contact): string {
  return contact.email ?? contact.phone ?? (fullName(contact) || contact.id);
}
