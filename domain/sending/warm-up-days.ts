/** What a warm-up plan allows on a day. */
import type { WarmUp } from "./warm-up.ts";

const dayMs = 86_400_000;

/** The UTC day a moment lies in, as `2026-11-22`. */
export const utcDay = (atMs: number) => new Date(atMs).toISOString().slice(0, 10);

export const nextUtcDayMs = (atMs: number) => (Math.floor(atMs / dayMs) + 1) * dayMs;

/**
 * Messages that may leave on `day` (UTC, `2026-11-22`); null once the plan is fulfilled and nothing limits the day any
 * more. A plan that has yet to begin allows its first day's worth.
 */
export function dailyAllowance(plan: WarmUp, day: string): number | null {
  const days = Math.max(0, Math.round((Date.parse(day) - Date.parse(plan.starts_on)) / dayMs));
  const allowed = Math.floor(plan.first_day * plan.growth ** days);
  return allowed >= plan.full_day ? null : allowed;
}

/** How many days after `starts_on` nothing limits the day any more. */
export function warmUpDays(plan: WarmUp): number {
  let days = 0;
  while (Math.floor(plan.first_day * plan.growth ** days) < plan.full_day) days++;
  return days;
}
