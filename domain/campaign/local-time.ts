/** Sending at one wall time in every zone: when such a campaign is launched, and when each person's moment is. */
import { momentOf, wallMs, wallTime } from "../sending/zone-clock.ts";

const hourMs = 3_600_000;
/** The clocks farthest ahead (Kiritimati, UTC+14) and farthest behind (Baker Island, UTC−12). */
export const farthestAheadMs = 14 * hourMs;
export const farthestBehindMs = 12 * hourMs;
/** No clock anywhere shows a wall time earlier than this before another clock shows it. */
export const widestSpreadMs = farthestAheadMs + farthestBehindMs;

export type Schedule = { readonly scheduledAt: Date | null; readonly scheduledLocal: boolean };

/** `2026-12-01T09:00`: what the workspace's clock shows at the scheduled moment is everybody's own time. */
export function localTimeOf(schedule: Schedule, tenantZone: string): string | null {
  const { scheduledAt, scheduledLocal } = schedule;
  return scheduledLocal && scheduledAt ? wallTime(tenantZone, scheduledAt.getTime()) : null;
}

/** Launched when the first clock on earth shows the time, so that nobody's moment is missed; else at the moment itself. */
export function launchMs(schedule: Schedule, tenantZone: string): number {
  const local = localTimeOf(schedule, tenantZone);
  const wall = local === null ? undefined : wallMs(local);
  return wall === undefined ? (schedule.scheduledAt?.getTime() ?? 0) : wall - farthestAheadMs;
}

/** When it goes to people of this zone; null where their moment has passed: they get it at once. */
export function personsMoment(localTime: string, zone: string, nowMs: number): Date | null {
  const at = momentOf(zone, localTime);
  return at > nowMs ? new Date(at) : null;
}
