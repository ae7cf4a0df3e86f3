/** Contracts: people and machines of a campaign told apart anew. */
import { createRoute, z } from "@hono/zod-openapi";
import { idParam, json, moment, needs, refusals } from "../contract.ts";

export const rejudgementSchema = z
  .object({
    /** The version of the rules; docs/tracking.md says what they are. */
    rules: z.int(),
    messages: z.int(),
    done: z.int(),
    /** Opens and clicks that are now judged otherwise. */
    changed: z.int(),
    started_at: moment,
    finished_at: moment.nullable(),
  })
  .openapi("Rejudgement");

export const reclassify = createRoute({
  method: "post",
  path: "/v1/campaigns/{id}/reclassify",
  tags: ["Campaigns"],
  summary: "Judge all opens and clicks by the present rules",
  description: "Works through the run page by page; the report follows. Asking twice does no harm.",
  ...needs("campaign.write"),
  request: { params: idParam("cmp") },
  responses: { 202: json(rejudgementSchema, "Begun"), ...refusals },
});
export const reclassification = createRoute({
  method: "get",
  path: "/v1/campaigns/{id}/reclassify",
  tags: ["Campaigns"],
  summary: "How far judging anew has come",
  ...needs("campaign.read"),
  request: { params: idParam("cmp") },
  responses: {
    200: json(z.object({ rejudgement: rejudgementSchema.nullable() }), "Progress; null where nobody asked"),
    ...refusals,
  },
});
