/** Sending rules as a form holds them, and in words. */
import * as z from "zod/mini";
import { minutesOf, quietUntilMs } from "#domain/sending/hours";
import { momentOf, wallTime } from "#domain/sending/zone-clock";
import type { SendingRules } from "./queries.ts";

type Channel = SendingRules["email"];

/** By US law text messages may come from 8 to 21 o'clock, in some states only until 20 (47 CFR 64.1200(c)(1)). */
export const recommendedNight = { from: "20:00", to: "09:00" } as const;

const whole = (atMost: number) =>
  z.int("A whole number").check(z.gte(1, "At least 1"), z.lte(atMost, `At most ${atMost}`));
const clock = z.string().check(z.regex(/^([01]\d|2[0-3]):[0-5]\d$/, "A time such as 20:00"));
const channel = z
  .object({
    capped: z.boolean(),
    messages: whole(100),
    days: whole(90),
    quiet: z.boolean(),
    from: clock,
    to: clock,
  })
  .check(
    z.refine(({ quiet, from, to }) => !quiet || from !== to, {
      path: ["to"],
      error: "They must end at another time than they begin",
    }),
  );
export const rulesSchema = z.object({ email: channel, sms: channel, hold_at_most_hours: whole(720) });
export type RulesValues = z.infer<typeof rulesSchema>;

function channelValues({ cap, quiet_hours: hours }: Channel): RulesValues["email"] {
  return {
    capped: cap !== null,
    messages: cap?.messages ?? 3,
    days: cap?.days ?? 7,
    quiet: hours !== null,
    ...(hours ?? recommendedNight),
  };
}
export function valuesOf({ email, sms, hold_at_most_hours }: SendingRules): RulesValues {
  return { email: channelValues(email), sms: channelValues(sms), hold_at_most_hours };
}

function channelOf({ capped, messages, days, quiet, from, to }: RulesValues["email"]): Channel {
  return { cap: capped ? { messages, days } : null, quiet_hours: quiet ? { from, to } : null };
}
export function rulesOf({ email, sms, hold_at_most_hours }: RulesValues) {
  return { email: channelOf(email), sms: channelOf(sms), hold_at_most_hours };
}

/** What quiet hours do to somebody: a moment two hours and ten minutes into the night, and when it goes instead. */
export function example(from: string, to: string): { wanted: string; gets: string } | undefined {
  if (!clock.safeParse(from).success || !clock.safeParse(to).success || from === to) return undefined;
  const length = (minutesOf(to) - minutesOf(from) + 1_440) % 1_440;
  const into = Math.min(130, Math.floor(length / 2));
  const zone = "America/New_York";
  // A day on which no clock is changed.
  const begins = momentOf(zone, `2026-06-10T${from}`);
  const wanted = begins + into * 60_000;
  const gets = quietUntilMs({ from, to }, zone, wanted) ?? wanted;
  return { wanted: wallTime(zone, wanted).slice(11), gets: wallTime(zone, gets).slice(11) };
}
