/** The life of a campaign, as a table: what may follow what. */
export const campaignStates = [
  "draft",
  "scheduled",
  "preparing",
  "sending",
  "paused",
  "completed",
  "cancelled",
] as const;
export type CampaignState = (typeof campaignStates)[number];

export const campaignMoves = {
  draft: ["scheduled", "preparing"],
  scheduled: ["draft", "preparing"],
  preparing: ["sending", "paused", "cancelled"],
  sending: ["paused", "completed", "cancelled"],
  paused: ["preparing", "sending", "cancelled"],
  completed: ["sending"],
  cancelled: [],
} as const satisfies Record<CampaignState, readonly CampaignState[]>;

export function canMove(from: CampaignState, to: CampaignState): boolean {
  return (campaignMoves[from] as readonly CampaignState[]).includes(to);
}

/** Why a run stands still, shown to people in words by the dashboard. */
export const pauseReasons = ["by_person", "error_threshold", "provider_quota", "provider_refused"] as const;
export type PauseReason = (typeof pauseReasons)[number];
