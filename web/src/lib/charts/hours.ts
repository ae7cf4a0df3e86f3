/** Plain arithmetic of an hourly chart: which hours it shows, and where its lines lie. */

export type HourPoint = { readonly at: string } & Readonly<Record<string, string | number>>;
export type Hour = { readonly at: number; readonly values: Readonly<Record<string, number>> };

const hourMs = 3_600_000;
/** A run of some minutes would otherwise be one column as wide as the page. */
const fewestHours = 12;

/** Every hour from the first to the last, those in which nothing happened included. */
export function hourSpan(points: readonly HourPoint[], keys: readonly string[]): Hour[] {
  const first = points[0];
  if (!first) return [];
  const floor = (at: string) => Math.floor(Date.parse(at) / hourMs) * hourMs;
  const byHour = new Map(points.map((point) => [floor(point.at), point]));
  const from = floor(first.at);
  const length = Math.max(fewestHours, ...points.map((point) => (floor(point.at) - from) / hourMs + 1));
  return Array.from({ length }, (_, i) => {
    const at = from + i * hourMs;
    const point = byHour.get(at);
    return { at, values: Object.fromEntries(keys.map((key) => [key, Number(point?.[key] ?? 0)])) };
  });
}

/** Round values from zero to at least `most`: 0, 50, 100, 150. */
export function ticksOf(most: number, about = 4): number[] {
  const raw = most / about;
  const magnitude = 10 ** Math.floor(Math.log10(raw));
  const step = Math.max(1, magnitude * ([1, 2, 2.5, 5, 10].find((n) => n * magnitude >= raw) ?? 10));
  const whole = Number.isInteger(step) ? step : Math.ceil(step);
  return Array.from({ length: Math.ceil(most / whole) + 1 }, (_, i) => i * whole);
}
