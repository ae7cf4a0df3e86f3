/** When a run must stop by itself: too many refusals say that something is wrong with the sender, not with the people. */
export type Health = { readonly attempted: number; readonly failed: number };

export const minSample = 50;
export const maxFailedShare = 0.2;

/** Counts since the run started or was last resumed by a person. */
export function mustPause(health: Health): boolean {
  return health.attempted >= minSample && health.failed / health.attempted > maxFailedShare;
}

/** The reason in words, shown where the pause is shown. */
export function pauseDetail(health: Health): string {
  const share = Math.round((health.failed / Math.max(1, health.attempted)) * 100);
  return `${health.failed} of the last ${health.attempted} messages (${share} %) were refused.`;
}
