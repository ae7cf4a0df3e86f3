/** When bounces end an address. Hard: at once. Soft: after too many on different days. Block: never, the sender is the problem. */

const dayMs = 86_400_000;
/** A mailbox that was full on so many days of a month, without one mail arriving, is not read by anybody. */
export const softBounceRule = { days: 5, withinMs: 30 * dayMs } as const;

export type PastReport = {
  readonly kind: "bounced" | "delivered";
  readonly bounce: "hard" | "soft" | "block" | undefined;
  readonly atMs: number;
};

/**
 * Whether an address is given up after its soft bounces: `days` different days (UTC) within `withinMs` of the latest,
 * and nothing delivered since the first of them. The order of `history` does not matter; repeats do not count.
 */
export function isWornOut(history: readonly PastReport[]): boolean {
  const soft = history.filter((past) => past.kind === "bounced" && past.bounce === "soft");
  if (soft.length < softBounceRule.days) return false;
  const latestMs = Math.max(...soft.map((past) => past.atMs));
  const arrived = history.filter((past) => past.kind === "delivered").map((past) => past.atMs);
  const sinceMs = Math.max(latestMs - softBounceRule.withinMs, ...arrived);
  const days = new Set(
    soft.filter((past) => past.atMs > sinceMs).map((past) => Math.floor(past.atMs / dayMs)),
  );
  return days.size >= softBounceRule.days;
}
