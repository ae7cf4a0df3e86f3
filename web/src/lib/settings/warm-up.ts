/** A warm-up plan as a form, and the days it makes. */
import type { WarmUp } from "#domain/sending/warm-up";
import { dailyAllowance, utcDay, warmUpDays } from "#domain/sending/warm-up-days";

export type WarmUpValues = {
  on: boolean;
  starts_on: string;
  first_day: string;
  growth: string;
  full_day: string;
};

export const paces = [
  { value: "1.25", label: "Gentle", hint: "A quarter more each day" },
  { value: "1.5", label: "Usual", hint: "Half as much again each day" },
  { value: "2", label: "Fast", hint: "Doubled each day" },
] as const;

export function warmUpValues(plan: WarmUp | null, nowMs: number): WarmUpValues {
  const { starts_on = utcDay(nowMs), first_day = 50, growth = 1.5, full_day = 50_000 } = plan ?? {};
  return {
    on: plan !== null,
    starts_on,
    first_day: String(first_day),
    growth: String(growth),
    full_day: String(full_day),
  };
}

/** Undefined while something in it is not a number in range; `null` where there is to be no warm-up. */
export function planOf(values: WarmUpValues): WarmUp | null | undefined {
  if (!values.on) return null;
  const [first_day, growth, full_day] = [values.first_day, values.growth, values.full_day].map(Number);
  const isWhole = (n: number | undefined, most: number): n is number =>
    n !== undefined && Number.isInteger(n) && n >= 10 && n <= most;
  if (!isWhole(first_day, 1_000_000) || !isWhole(full_day, 10_000_000)) return undefined;
  if (!growth || growth < 1.05 || growth > 3 || !/^\d{4}-\d\d-\d\d$/.test(values.starts_on)) return undefined;
  return { starts_on: values.starts_on, first_day, growth, full_day };
}

export type RampDay = { readonly day: string; readonly allowed: number };
/** The days until nothing limits any more, thinned to `most`: first and last stay. */
export function ramp(plan: WarmUp, most: number): { days: RampDay[]; length: number } {
  const length = warmUpDays(plan);
  const startMs = Date.parse(plan.starts_on);
  const step = Math.max(1, Math.ceil(length / most));
  const days: RampDay[] = [];
  for (let n = 0; n < length; n += step) {
    const day = utcDay(startMs + n * 86_400_000);
    days.push({ day, allowed: dailyAllowance(plan, day) ?? plan.full_day });
  }
  return { days, length };
}
