/** What a workspace's policy says about one message right before it goes: now, later, or not at all. */
import { cappedUntilMs } from "./cap.ts";
import { quietUntilMs } from "./hours.ts";
import type { SkipReason } from "./ledger.ts";
import type { SendPolicy } from "./policy.ts";
import { wallTime } from "./zone-clock.ts";

export type ChannelPolicy = SendPolicy["email"];

export type HoldFacts = {
  readonly zone: string;
  /** When campaign messages went to this person. */
  readonly sentMs: readonly number[];
  /** Messages of other runs that are on their way to this person at this moment: they may count, or come to nothing. */
  readonly underWay: number;
  /** Whether this message was made before all of those: of two that wait for each other, the elder tries first. */
  readonly isEldest: boolean;
  readonly heldSinceMs: number | undefined;
};

export type Hold =
  | { readonly do: "send" }
  | { readonly do: "hold"; readonly untilMs: number; readonly reason: string }
  | { readonly do: "skip"; readonly reason: SkipReason };

/** Reasons of queued messages that are held begin so. */
export const heldPrefix = "held: ";

/** Why a queued message waits: held by policy, until its person's own time, or until a provider may be asked again. */
export const waitingReasons = ["held", "own_time", "retry"] as const;
export type WaitingReason = (typeof waitingReasons)[number];

export function waitingReason(reason: string): WaitingReason {
  if (reason === "") return "own_time";
  return reason.startsWith(heldPrefix) ? "held" : "retry";
}

const waitForOthersMs = { eldest: 5_000, others: 20_000 };

/** `policy` is the part of the message's channel. */
export function holdFor(
  policy: ChannelPolicy,
  holdAtMostHours: number,
  facts: HoldFacts,
  nowMs: number,
): Hold {
  const { zone, sentMs, underWay, isEldest } = facts;
  const lastMs = (facts.heldSinceMs ?? nowMs) + holdAtMostHours * 3_600_000;
  const { cap, quiet_hours: hours } = policy;

  // To the whole minute, so that those of one minute are looked at once.
  const cappedMs = cap ? wholeMinute(cappedUntilMs(cap, sentMs, nowMs)) : undefined;
  const freeMs = cappedMs ?? nowMs;
  const quietMs = hours ? quietUntilMs(hours, zone, freeMs) : undefined;
  const untilMs = quietMs ?? freeMs;
  if (untilMs > nowMs) {
    // Waiting would be in vain: it is said now, not days from now.
    if (untilMs > lastMs) return { do: "skip", reason: cappedMs ? "capped" : "quiet_hours_expired" };
    if (cappedMs && cap) return { do: "hold", untilMs, reason: `${heldPrefix}${capWords(cap)}` };
    const end = wallTime(zone, untilMs).slice(11);
    return { do: "hold", untilMs, reason: `${heldPrefix}quiet hours until ${end} ${zone}` };
  }
  if (!cap || underWay === 0) return { do: "send" };
  const wouldBe = [...sentMs, ...Array.from({ length: underWay }, () => nowMs)];
  if (cappedUntilMs(cap, wouldBe, nowMs) === undefined) return { do: "send" };
  // Messages of other runs are claimed at this moment. Both sides see each other and step back; the elder is first again.
  const waitMs = isEldest ? waitForOthersMs.eldest : waitForOthersMs.others;
  if (nowMs + waitMs > lastMs) return { do: "skip", reason: "capped" };
  return { do: "hold", untilMs: nowMs + waitMs, reason: `${heldPrefix}${capWords(cap)}` };
}

function wholeMinute(atMs: number | undefined): number | undefined {
  return atMs === undefined ? undefined : Math.ceil(atMs / 60_000) * 60_000;
}

function capWords(cap: { messages: number; days: number }): string {
  const messages = cap.messages === 1 ? "1 message" : `${cap.messages} messages`;
  return `at most ${messages} in ${cap.days === 1 ? "1 day" : `${cap.days} days`}`;
}
