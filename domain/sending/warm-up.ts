/** Warm-up: a young sending domain earns its reputation by sending a little more each day. */
import { z } from "zod";

/** From `first_day` messages on the day of `starts_on` (UTC), growing daily by `growth`, until `full_day` is reached. */
export const warmUp = z.object({
  starts_on: z.iso.date(),
  first_day: z.int().min(10).max(1_000_000).default(50),
  growth: z.number().min(1.05).max(3).default(1.5),
  full_day: z.int().min(10).max(10_000_000).default(50_000),
});
export type WarmUp = z.output<typeof warmUp>;
