/** The states of a campaign in words and tones. */
import type { CampaignState, PauseReason } from "#domain/campaign/state";
import type { Tone } from "#lib/ui/Pill.svelte";

export const stateWords: Record<CampaignState, { label: string; tone: Tone; live?: true }> = {
  draft: { label: "Draft", tone: "neutral" },
  scheduled: { label: "Scheduled", tone: "warn" },
  preparing: { label: "Preparing", tone: "accent", live: true },
  sending: { label: "Sending", tone: "accent", live: true },
  paused: { label: "Paused", tone: "warn" },
  completed: { label: "Sent", tone: "ok" },
  cancelled: { label: "Cancelled", tone: "neutral" },
};

export const pauseWords: Record<PauseReason, string> = {
  by_person: "Paused by somebody of your team",
  error_threshold: "Paused by itself: too many messages were refused",
  provider_quota: "Paused by itself: the provider's quota is spent; it goes on when the quota returns",
  provider_refused: "Paused by itself: the provider refuses to send for you",
};
