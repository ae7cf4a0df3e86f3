/** How often and at what hours a workspace writes to a person: caps and quiet hours, per channel. */
import { z } from "zod";

const wallTime = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "a time as 20:00 is wanted");

/** `from` may be later than `to`: the night belongs to both days. The recipient's own clock decides. */
export const quietHours = z
  .object({ from: wallTime, to: wallTime })
  .refine((hours) => hours.from !== hours.to, "quiet hours must begin and end at different times");
export type QuietHours = z.output<typeof quietHours>;

/** At most `messages` campaign messages to one person within `days`. */
export const frequencyCap = z.object({ messages: z.int().min(1).max(100), days: z.int().min(1).max(90) });
export type FrequencyCap = z.output<typeof frequencyCap>;

const channelPolicy = z.object({
  cap: frequencyCap.nullable().default(null),
  quiet_hours: quietHours.nullable().default(null),
});
const none = { cap: null, quiet_hours: null };

export const sendPolicy = z.object({
  email: channelPolicy.default(none),
  sms: channelPolicy.default(none),
  /** A message that is held longer than this is skipped, with the reason. */
  hold_at_most_hours: z.int().min(1).max(720).default(72),
});
export type SendPolicy = z.output<typeof sendPolicy>;
