/** Who a campaign goes to: everyone, lists and segments joined, less lists and segments excluded. */
import { z } from "zod";
import type { ListId, SegmentId } from "../ids.ts";
import { isId } from "../ids.ts";

export const listIdSchema = z.custom<ListId>((v) => typeof v === "string" && isId("lst", v), "not a list id");
export const segmentIdSchema = z.custom<SegmentId>(
  (v) => typeof v === "string" && isId("seg", v),
  "not a segment id",
);

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
