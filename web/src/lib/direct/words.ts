/** States and events of a transactional message in words. */
import { messageWords } from "#lib/message/words.ts";
import type { Tone } from "#lib/ui/Pill.svelte";
import type { DirectMessage, DirectState } from "./queries.ts";

export const directWords: Record<DirectState, { label: string; tone: Tone; text: string }> = {
  ...messageWords,
  scheduled: { label: "Scheduled", tone: "warn", text: "Waits for its time" },
  skipped: { label: "Not sent", tone: "neutral", text: "Not sent, with a reason" },
  queued: { label: "Queued", tone: "accent", text: "Leaves within moments" },
};

export function stateTone({ state, reason }: { state: DirectState; reason: string }): Tone {
  return state === "skipped" && reason === "suppressed" ? "warn" : directWords[state].tone;
}

const eventTitles: Readonly<Record<string, string>> = {
  accepted: "Handed to the provider",
  delivered: "Delivered",
  deferred: "Delayed",
  bounced: "Bounced",
  complained: "Marked as spam",
  opened: "Opened",
  clicked: "Clicked",
  unsubscribed: "Unsubscribed",
  failed: "Failed",
};
export type Moment = {
  readonly at: string;
  readonly title: string;
  readonly detail: string;
  readonly machine: boolean;
};

/** Newest first: what its reports tell, and before them what our own books know. */
export function momentsOf(message: DirectMessage): Moment[] {
  const told = message.events.map(({ at, kind, detail, url, machine }) => ({
    at,
    title: eventTitles[kind] ?? kind,
    detail: url ?? detail,
    machine,
  }));
  const own = (at: string, title: string, detail = "") => ({ at, title, detail, machine: false });
  const isTold = message.events.some((event) => event.kind === "accepted");
  return [
    own(message.created_at, "Asked for", message.send_at > message.created_at ? "to leave later" : ""),
    ...(message.accepted_at && !isTold
      ? [own(message.accepted_at, "Handed to the provider", message.provider_message_id ?? "")]
      : []),
    ...told,
  ].sort((a, b) => b.at.localeCompare(a.at));
}
