/** The story's time: everything is told backwards from the moment of the seed. */
export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

export type Calendar = {
  readonly now: Date;
  ago(milliseconds: number): Date;
  /** On the day that many days ago, at that time in UTC. */
  day(daysAgo: number, hour: number, minute?: number): Date;
};

export function calendarAt(now: Date): Calendar {
  const nowMs = now.getTime();
  return {
    now,
    ago: (milliseconds) => new Date(nowMs - milliseconds),
    day(daysAgo, hour, minute = 0) {
      const midnightMs = Math.floor(nowMs / dayMs) * dayMs;
      return new Date(midnightMs - daysAgo * dayMs + hour * hourMs + minute * minuteMs);
    },
  };
}

export const later = (at: Date, milliseconds: number) => new Date(at.getTime() + Math.round(milliseconds));
/** As custom fields keep dates. */
export const dateText = (at: Date) => at.toISOString().slice(0, 10);
