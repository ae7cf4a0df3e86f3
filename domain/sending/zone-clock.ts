/** What a clock on the wall of a time zone shows, and when it shows something. Only Intl knows the rules of zones. */
const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Zones change their offset at quarters of an hour of UTC at most: Lord Howe at half past, Chatham at a quarter to. */
const stepMs = 15 * minuteMs;
const maxOffsets = 20_000;

const formats = new Map<string, Intl.DateTimeFormat | null>();
const offsets = new Map<string, number>();

function formatOf(zone: string): Intl.DateTimeFormat | null {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  let made: Intl.DateTimeFormat | null = null;
  try {
    made = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "iso8601",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    // Not a zone this runtime knows.
  }
  formats.set(zone, made);
  return made;
}

export function isZone(zone: string): boolean {
  return zone !== "" && formatOf(zone) !== null;
}

/** The first of these that is a zone; UTC where none is. */
export function firstZone(...zones: readonly string[]): string {
  return zones.find(isZone) ?? "UTC";
}

/** How far the zone's clock is ahead of UTC at this moment. A name that is no zone counts as UTC. */
export function offsetMs(zone: string, atMs: number): number {
  const step = Math.floor(atMs / stepMs);
  const key = `${zone} ${step}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const offset = askedOffsetMs(zone, step * stepMs);
  if (offsets.size >= maxOffsets) offsets.clear();
  offsets.set(key, offset);
  return offset;
}

function askedOffsetMs(zone: string, atMs: number): number {
  const format = formatOf(zone);
  if (!format) return 0;
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(atMs)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - atMs;
}

/** The minute of the day the clock shows, 0 to 1439. */
export function minuteOfDay(zone: string, atMs: number): number {
  const wallMs = atMs + offsetMs(zone, atMs);
  return Math.floor((((wallMs % dayMs) + dayMs) % dayMs) / minuteMs);
}

/** `2026-12-01T09:00` as the clock shows it. */
export function wallTime(zone: string, atMs: number): string {
  return new Date(atMs + offsetMs(zone, atMs)).toISOString().slice(0, 16);
}

/** A wall time read as if it were UTC; undefined where it is none. */
export function wallMs(wall: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(wall)) return undefined;
  const ms = Date.parse(`${wall}:00.000Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

/**
 * When the zone's clock shows this wall time. Shown twice (the clock was put back), the first time counts; never shown
 * (it was put forward over it), the moment it would have been by the old offset, as RFC 5545 §3.3.5 reads such times.
 */
export function momentOf(zone: string, wall: string): number {
  const ms = wallMs(wall);
  if (ms === undefined) throw new TypeError(`not a wall time: ${wall}`);
  const before = ms - offsetMs(zone, ms - dayMs);
  const after = ms - offsetMs(zone, ms + dayMs);
  const shown = [before, after].filter((at) => at + offsetMs(zone, at) === ms);
  return shown.length > 0 ? Math.min(...shown) : before;
}

/** The first quarter of an hour in (`fromMs`, `toMs`] from which the clock runs by another offset than at `fromMs`. */
export function changeBetween(zone: string, fromMs: number, toMs: number): number | undefined {
  const old = offsetMs(zone, fromMs);
  if (offsetMs(zone, toMs) === old) return undefined;
  let low = Math.floor(fromMs / stepMs);
  let high = Math.floor(toMs / stepMs);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetMs(zone, middle * stepMs) === old) low = middle;
    else high = middle;
  }
  return high * stepMs;
}
