/** Quiet hours on a person's own clock: is it quiet now, and when does it end. */
import type { QuietHours } from "./policy.ts";
import { changeBetween, minuteOfDay } from "./zone-clock.ts";

const minuteMs = 60_000;
const minutesOfDay = 1_440;

/** Of `20:00`: 1200. */
export function minutesOf(wall: string): number {
  const [hours = "0", minutes = "0"] = wall.split(":");
  return Number(hours) * 60 + Number(minutes);
}

/** From `from` on and before `to`, over midnight where `from` is the later. */
export function isQuietMinute(hours: QuietHours, minute: number): boolean {
  const from = minutesOf(hours.from);
  const to = minutesOf(hours.to);
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

/** The first moment that is not quiet any more; undefined where it is not quiet now. */
export function quietUntilMs(hours: QuietHours, zone: string, nowMs: number): number | undefined {
  if (!isQuietMinute(hours, minuteOfDay(zone, nowMs))) return undefined;
  const endMs = nextShown(minutesOf(hours.to), zone, nowMs);
  const changeMs = changeBetween(zone, nowMs, endMs);
  if (changeMs === undefined) return endMs;
  // The clock is put forward or back before the end: from there on it is another clock.
  if (!isQuietMinute(hours, minuteOfDay(zone, changeMs))) return changeMs;
  return nextShown(minutesOf(hours.to), zone, changeMs);
}

/** When a clock that is at `fromMs` and is not put forward or back shows this minute next. */
function nextShown(minute: number, zone: string, fromMs: number): number {
  const ahead = (minute - minuteOfDay(zone, fromMs) + minutesOfDay) % minutesOfDay || minutesOfDay;
  return Math.floor(fromMs / minuteMs) * minuteMs + ahead * minuteMs;
}
