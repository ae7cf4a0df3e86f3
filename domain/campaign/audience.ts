/** Who a campaign goes to: everyone, lists and segments joined, less lists and segments excluded. */
import { z } from "zod";
import { idText } from "../id-schema.ts";

export const listIdSchema = idText("lst");
export const segmentIdSchema = idText("seg");

export const audienceSchema = z.object({
  /** Everyone, or those in any of `lists` and `segments`. */
  everyone: z.boolean().default(false),
  lists: z.array(listIdSchema).max(50).default([]),
  segments: z.array(segmentIdSchema).max(50).default([]),
  exclude_lists: z.array(listIdSchema).max(50).default([]),
  exclude_segments: z.array(segmentIdSchema).max(50).default([]),
});
export type Audience = z.output<typeof audienceSchema>;

export function isEmpty(audience: Audience): boolean {
  return !audience.everyone && audience.lists.length === 0 && audience.segments.length === 0;
}
