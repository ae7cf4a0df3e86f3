/** How played recipients behave and what they did, in plain words. */
import type { Plot } from "#domain/sending/sandbox-people";
import type { Happening } from "#domain/sending/sandbox-plot";
import type { Tone } from "#lib/ui/Pill.svelte";

export const plotWords: Record<Plot, { label: string; text: string }> = {
  reads: { label: "Reads", text: "Opens the mail and leaves it at that" },
  clicks: { label: "Clicks", text: "Opens the mail and follows a link" },
  ignores: { label: "Ignores", text: "Takes the mail and never looks at it" },
  bounces: { label: "Bounces", text: "Has no such mailbox: the mail comes back" },
  complains: { label: "Complains", text: "Opens the mail and reports it as spam" },
  unsubscribes: { label: "Unsubscribes", text: "Opens the mail and unsubscribes with one click" },
  receives: { label: "Receives", text: "Gets the text message and says nothing" },
  unreachable: { label: "Unreachable", text: "Has a number that is no longer in use" },
  stops: { label: "Stops", text: "Writes STOP back" },
  starts: { label: "Starts", text: "Writes START back" },
  asks: { label: "Asks", text: "Writes HELP back" },
  pleads: { label: "Pleads", text: "Asks in their own words to be left alone" },
  answers: { label: "Answers", text: "Writes a few friendly words back" },
};

type Words = { readonly label: string; readonly tone: Tone; readonly text: string };

/** In the order in which they can happen. */
const happeningWords: Record<Happening, Words> = {
  delivered: { label: "Delivered", tone: "ok", text: "It arrived" },
  bounced: { label: "Bounced", tone: "bad", text: "It was turned away" },
  opened: { label: "Opened", tone: "accent", text: "It was looked at" },
  clicked: { label: "Clicked", tone: "accent", text: "A link in it was followed" },
  unsubscribed: { label: "Unsubscribed", tone: "warn", text: "One click on “unsubscribe”" },
  complained: { label: "Complained", tone: "bad", text: "It was reported as spam" },
  replied: { label: "Replied", tone: "accent", text: "They wrote back" },
};
const inOrder = Object.keys(happeningWords) as Happening[];
const byProxy: Words = {
  label: "Opened by a machine",
  tone: "neutral",
  text: "A mail program fetched the images; nobody looked at it",
};

export type Did = Words & { readonly key: Happening };

/** Who ignores a mail opens none: what did was a privacy proxy. */
export function whatHappened(plot: Plot, happened: readonly Happening[]): Did[] {
  return inOrder
    .filter((key) => happened.includes(key))
    .map((key) => ({ key, ...(key === "opened" && plot === "ignores" ? byProxy : happeningWords[key]) }));
}

/** What an address must contain before its @ to be played so; listed as the sandbox looks for them. */
export const behaviours: readonly { readonly word: string; readonly text: string }[] = [
  { word: "bounce", text: plotWords.bounces.text },
  { word: "complain", text: plotWords.complains.text },
  { word: "unsubscribe", text: plotWords.unsubscribes.text },
  { word: "ignore", text: plotWords.ignores.text },
  { word: "click", text: plotWords.clicks.text },
  { word: "reads", text: plotWords.reads.text },
  { word: "refuse", text: "Is refused at the door: no mail arrives here" },
  { word: "defer", text: "Is asked to come back later, which the sender does" },
];

/** What a caught message is called in a list: a text message has no subject. */
export function headline(mail: { readonly channel: "email" | "sms"; readonly subject: string }): string {
  return mail.channel === "sms" ? "Text message" : mail.subject || "No subject";
}
