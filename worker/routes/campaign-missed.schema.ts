/** Contracts: sending a run to those it left out. */
import { createRoute, z } from "@hono/zod-openapi";
import { idParam, json, needs, refusals } from "../contract.ts";

export const missedSchema = z
  .object({
    /** All who were left out, for whatever reason but a cancelled run. */
    missed: z.int(),
    /** Of these, who may be written to now. */
    now: z.int(),
    /** By the reason they were left out for. */
    reasons: z.array(z.object({ reason: z.string(), missed: z.int(), now: z.int() })),
  })
  .openapi("Missed");
export const previewMissed = createRoute({
  method: "get",
  path: "/v1/campaigns/{id}/missed",
  tags: ["Campaigns"],
  summary: "Who was left out, and how many of them may be written to now",
  description: "Asked by the run's own, frozen audience: people who joined it since are not in it.",
  ...needs("campaign.read"),
  request: { params: idParam("cmp") },
  responses: { 200: json(missedSchema, "Exact counts"), ...refusals },
});
export const sendMissed = createRoute({
  method: "post",
  path: "/v1/campaigns/{id}/send-missed",
  tags: ["Campaigns"],
  summary: "Send to those left out who may be written to now",
  description:
    "Same ledger, same frozen content, each at the address they have today. Nobody who already got it gets it again.",
  ...needs("campaign.send"),
  request: { params: idParam("cmp") },
  responses: { 202: json(z.object({ requeued: z.int() }), "Queued"), ...refusals },
});
