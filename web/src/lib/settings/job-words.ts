/** Failed jobs in plain words. */
import { labelOf } from "#lib/format.ts";
import type { Tone } from "#lib/ui/Pill.svelte";
import type { FailedJob } from "./queries.ts";

const kinds: Record<string, string> = {
  "send.chunk": "Send a part of a campaign",
  "send.direct": "Send a transactional message",
  "tracked.hit": "Note an open, click or unsubscribe",
  "provider.report": "Read a provider's report",
  "import.step": "Go on with an import",
};
export function kindLabel(kind: string): string {
  return kinds[kind] ?? (kind ? labelOf(kind.replaceAll(".", " ")) : "Unknown work");
}

export const jobStates: Record<FailedJob["state"], { label: string; tone: Tone }> = {
  waiting: { label: "Waiting for you", tone: "bad" },
  redriven: { label: "Tried again", tone: "ok" },
  discarded: { label: "Put away", tone: "neutral" },
};
