/** The states of a message and the reasons people are left out, in plain words. */

import type { Channel } from "#domain/contact/consent";
import { heldPrefix } from "#domain/sending/hold";
import type { MessageState, SkipReason } from "#domain/sending/ledger";
import { labelOf } from "#lib/format.ts";
import type { Tone } from "#lib/ui/Pill.svelte";

export const messageWords: Record<MessageState, { label: string; tone: Tone; text: string }> = {
  delivered: { label: "Delivered", tone: "ok", text: "The mailbox took it" },
  accepted: {
    label: "At the provider",
    tone: "accent",
    text: "The provider has it; no word from the mailbox yet",
  },
  bounced: { label: "Bounced", tone: "bad", text: "The mailbox turned it away" },
  complained: { label: "Complained", tone: "bad", text: "Delivered, and marked as spam" },
  failed: { label: "Failed", tone: "bad", text: "The provider refused it" },
  skipped: { label: "Left out", tone: "neutral", text: "Not sent, with a reason for each person" },
  unknown: { label: "Unknown outcome", tone: "warn", text: "It left, and no answer came back" },
  sending: { label: "On its way", tone: "accent", text: "Being handed to the provider" },
  queued: { label: "Waiting", tone: "neutral", text: "Not tried yet" },
};

const textWords: Partial<Record<MessageState, string>> = {
  delivered: "The phone took it",
  accepted: "The provider has it; no word from the network yet",
  bounced: "The network could not deliver it to this number",
  complained: "Delivered, and reported as spam",
};

/** What a state means: a mail meets a mailbox, a text a phone number. */
export function messageText(state: MessageState, channel: Channel): string {
  return (channel === "sms" && textWords[state]) || messageWords[state].text;
}

const skipWords: Record<SkipReason, string> = {
  excluded: "On a list or in a segment you left out",
  no_address: "No address or number for this channel",
  invalid_address: "The address cannot exist",
  suppressed: "Suppressed: it bounced or complained before",
  unsubscribed: "Unsubscribed",
  no_consent: "Never agreed to receive e-mail",
  cancelled: "Not tried when you cancelled",
  render_failed: "The template failed for this person",
  capped: "They had enough messages lately (frequency cap)",
  quiet_hours_expired: "Held by quiet hours for longer than you allow",
};

const textSkipWords: Partial<Record<SkipReason, string>> = {
  no_address: "No phone number",
  invalid_address: "The number cannot exist",
  suppressed: "Suppressed: the number failed before, or you said never to text it",
  unsubscribed: "Left, by reply or by link",
  no_consent: "Never agreed to receive text messages",
  render_failed: "The text failed for this person, or grew too long",
};

/** Reasons of failures come from providers and are shown as they are. */
export function reasonText(reason: string, channel: Channel = "email"): string {
  if (channel === "sms" && reason in textSkipWords) return textSkipWords[reason as SkipReason] ?? "";
  if (reason in skipWords) return skipWords[reason as SkipReason];
  // "held: quiet hours until 09:00 Europe/Dublin" is in words already.
  if (reason.startsWith(heldPrefix)) return `Held: ${reason.slice(heldPrefix.length)}`;
  return reason ? labelOf(reason) : "No reason given";
}

/** `{"unsubscribed": 12}` as rows, the largest first. */
export function byReason(counts: Readonly<Record<string, number>>): { reason: string; count: number }[] {
  return Object.entries(counts)
    .map(([reason, count]) => ({ reason, count }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
}
