/** Contracts: segments. */
import { createRoute, z } from "@hono/zod-openapi";
import { type SegmentRule, segmentRuleSchema } from "#domain/segment/schema";
import { body, idParam, idSchema, json, moment, needs, noContent, refusals } from "../contract.ts";
import { contactSchema } from "./contacts.schema.ts";

// The rule is recursive; the document says "object" and docs/segments.md says the grammar.
const rule = z
  .custom<SegmentRule>()
  .superRefine((value, ctx) => {
    const parsed = segmentRuleSchema.safeParse(value);
    if (!parsed.success)
      for (const issue of parsed.error.issues)
        ctx.addIssue({ code: "custom", message: issue.message, path: issue.path });
  })
  .openapi({
    type: "object",
    additionalProperties: true,
    example: { kind: "all", of: [{ kind: "text", field: "country", op: "is", value: "IE" }] } as SegmentRule,
  });

export const segmentSchema = z
  .object({
    id: idSchema("seg"),
    name: z.string(),
    rule,
    /** The rule as a sentence. */
    description: z.string(),
    /** As last counted; null before the first count. */
    count: z.int().nullable(),
    counted_at: moment.nullable(),
    created_at: moment,
    updated_at: moment,
  })
  .openapi("Segment");

export const listSegments = createRoute({
  method: "get",
  path: "/v1/segments",
  tags: ["Audience"],
  summary: "Segments",
  ...needs("audience.read"),
  responses: { 200: json(z.object({ data: z.array(segmentSchema) }), "Segments"), ...refusals },
});
export const createSegment = createRoute({
  method: "post",
  path: "/v1/segments",
  tags: ["Audience"],
  summary: "Save a segment",
  ...needs("audience.write"),
  request: body(z.object({ name: z.string().trim().min(1).max(120), rule })),
  responses: { 201: json(segmentSchema, "Saved"), ...refusals },
});
export const getSegment = createRoute({
  method: "get",
  path: "/v1/segments/{id}",
  tags: ["Audience"],
  summary: "One segment, counted now",
  ...needs("audience.read"),
  request: { params: idParam("seg") },
  responses: { 200: json(segmentSchema, "The segment"), ...refusals },
});
export const updateSegment = createRoute({
  method: "patch",
  path: "/v1/segments/{id}",
  tags: ["Audience"],
  summary: "Rename a segment or change its rule",
  ...needs("audience.write"),
  request: {
    params: idParam("seg"),
    ...body(z.object({ name: z.string().trim().min(1).max(120), rule }).partial()),
  },
  responses: { 200: json(segmentSchema, "Changed"), ...refusals },
});
export const deleteSegment = createRoute({
  method: "delete",
  path: "/v1/segments/{id}",
  tags: ["Audience"],
  summary: "Delete a segment that no waiting campaign uses",
  ...needs("audience.write"),
  request: { params: idParam("seg") },
  responses: { 204: noContent, ...refusals },
});
export const previewSegment = createRoute({
  method: "post",
  path: "/v1/segments/preview",
  tags: ["Audience"],
  summary: "Count a rule and show ten of its people, without saving it",
  ...needs("audience.read"),
  request: body(z.object({ rule })),
  responses: {
    200: json(
      z.object({
        count: z.int(),
        mailable: z.int(),
        description: z.string(),
        sample: z.array(contactSchema),
      }),
      "Exact count, how many of them can be mailed, and a sample",
    ),
    ...refusals,
  },
});
