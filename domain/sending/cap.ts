/** Frequency caps: may another campaign message go to this person now, else when. */
import type { FrequencyCap } from "./policy.ts";

const dayMs = 86_400_000;

export function capWindowMs(cap: FrequencyCap): number {
  return cap.days * dayMs;
}

/**
 * `sentMs` are the moments of this person's campaign messages, in any order; older ones than the window do no harm.
 * Undefined: one may go now. A message counts from the moment it was sent until `days` later, to the millisecond.
 */
export function cappedUntilMs(
  cap: FrequencyCap,
  sentMs: readonly number[],
  nowMs: number,
): number | undefined {
  const counting = sentMs.filter((at) => at > nowMs - capWindowMs(cap)).sort((a, b) => b - a);
  const lastOne = counting[cap.messages - 1];
  return lastOne === undefined ? undefined : lastOne + capWindowMs(cap);
}
