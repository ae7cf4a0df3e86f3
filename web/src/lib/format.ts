/** Numbers, rates and moments as people read them. */
const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 1 });

export function count(n: number): string {
  return whole.format(n);
}
export function shortCount(n: number): string {
  return Math.abs(n) < 10_000 ? whole.format(n) : compact.format(n);
}
/** `plural(1, "contact")` is "1 contact"; `plural(2, "entry", "entries")` is "2 entries". */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${whole.format(n)} ${n === 1 ? one : many}`;
}
/** 0.4213 as "42.1%"; what is not quite everything never reads as 100%, nor what is not quite nothing as 0%. */
export function percent(ratio: number, digits = 1): string {
  if (ratio === 0 || ratio === 1) return `${ratio * 100}%`;
  const step = 10 ** -digits;
  const shown = Math.min(Math.max(ratio * 100, step), 100 - step);
  return `${shown.toFixed(digits)}%`;
}
/** A share of a whole; an em dash where there is no whole. */
export function share(part: number, total: number): string {
  return total > 0 ? percent(part / total) : "—";
}
export function bytes(n: number): string {
  if (n < 1_000) return `${n} B`;
  if (n < 1_000_000) return `${(n / 1_000).toFixed(n < 10_000 ? 1 : 0)} KB`;
  return `${(n / 1_000_000).toFixed(1)} MB`;
}
/** 95 seconds as "1 min 35 s". */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(seconds / 3_600)} h ${Math.round((seconds % 3_600) / 60)} min`;
}

type Moment = string | number | Date;

/** "Nov 22, 2026" */
export function day(at: Moment, timeZone?: string): string {
  return new Date(at).toLocaleDateString("en-US", { dateStyle: "medium", timeZone });
}
/** "Nov 22, 2026, 9:30 AM" */
export function dateTime(at: Moment, timeZone?: string): string {
  return new Date(at).toLocaleString("en-US", { dateStyle: "medium", timeStyle: "short", timeZone });
}
/** With the zone named, as schedules need it: "Nov 22, 2026, 9:30 AM (Europe/Dublin)" */
export function zoned(at: Moment, timeZone: string): string {
  return `${dateTime(at, timeZone)} (${timeZone})`;
}

const relatives = new Intl.RelativeTimeFormat("en-US", { numeric: "auto" });
const steps = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
  ["day", 7],
] as const;

/** "3 minutes ago", "yesterday", and the date once it is more than a week away. */
export function relative(at: Moment, now: number): string {
  let amount = (new Date(at).getTime() - now) / 1_000;
  if (Math.abs(amount) < 5) return "just now";
  for (const [unit, size] of steps) {
    if (Math.abs(amount) < size) return relatives.format(Math.trunc(amount), unit);
    amount /= size;
  }
  return day(at);
}

/** "maria_lopez" and "first-order" as a label: "Maria lopez", "First order". */
export function labelOf(key: string): string {
  const words = key.replace(/[_-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
