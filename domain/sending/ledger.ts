/** The states of one message in the ledger, and the law by which they move: only forward, by rank. */
export const messageStates = [
  "queued",
  "skipped",
  "sending",
  "unknown",
  "accepted",
  "failed",
  "delivered",
  "bounced",
  "complained",
] as const;
export type MessageState = (typeof messageStates)[number];

export const skipReasons = [
  "excluded",
  "no_address",
  "invalid_address",
  "suppressed",
  "unsubscribed",
  "no_consent",
  "cancelled",
  "render_failed",
  "capped",
  "quiet_hours_expired",
] as const;
export type SkipReason = (typeof skipReasons)[number];

export const messageMoves = {
  queued: ["sending", "skipped", "accepted", "delivered", "bounced", "complained"],
  skipped: ["queued"],
  sending: ["accepted", "failed", "queued", "unknown", "skipped"],
  unknown: ["accepted", "queued", "failed"],
  accepted: ["delivered", "bounced", "complained"],
  failed: ["queued"],
  delivered: ["bounced", "complained"],
  bounced: ["complained"],
  complained: [],
} as const satisfies Record<MessageState, readonly MessageState[]>;

/** Rank of what providers report: a later event of lower rank never undoes one of higher rank. */
export const eventRank = { accepted: 1, delivered: 2, bounced: 3, complained: 4 } as const satisfies Partial<
  Record<MessageState, number>
>;
export type ReportedState = keyof typeof eventRank;

/** States from which an event that reports `to` may move a row: everything of lower rank that was at least tried. */
export function statesBelow(to: ReportedState): MessageState[] {
  const lower = (Object.keys(eventRank) as ReportedState[]).filter((s) => eventRank[s] < eventRank[to]);
  return ["sending", "unknown", ...lower];
}

export function afterEvent(current: MessageState, reported: ReportedState): MessageState {
  return statesBelow(reported).includes(current) ? reported : current;
}

/** The reason of a row whose unknown outcome a person decided to leave: it may have arrived, so no retry takes it up. */
export const leftUnknown = "outcome unknown, left as it is";

/** The four groups that always add up to the audience (design: reconciliation). */
export type Tally = Readonly<Record<MessageState, number>>;
export const emptyTally: Tally = Object.fromEntries(messageStates.map((s) => [s, 0])) as Tally;
export function audienceOf(tally: Tally): number {
  return messageStates.reduce((sum, s) => sum + tally[s], 0);
}
/** Nothing left to do: no row is queued, being sent, or of unknown outcome. */
export function isFinished(tally: Tally): boolean {
  return tally.queued === 0 && tally.sending === 0 && tally.unknown === 0;
}
