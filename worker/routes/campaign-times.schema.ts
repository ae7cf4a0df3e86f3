/** Contracts: when a campaign at one wall time everywhere reaches whom. */
import { createRoute, z } from "@hono/zod-openapi";
import { idParam, json, moment, needs, refusals } from "../contract.ts";

export const localTimesSchema = z
  .object({
    /** What everybody's own clock shows: `2026-12-01T09:00`. */
    local_time: z.string(),
    /** When content and audience are frozen: the first clock on earth (UTC+14) shows the time. */
    launches_at: moment,
    zones: z.array(
      z.object({
        time_zone: z.string(),
        people: z.int(),
        /** Of these, whose own zone is not known and who are taken to live in the workspace's. */
        assumed: z.int(),
        sends_at: moment,
        /** The moment is over already: they get it as soon as the campaign is launched. */
        at_once: z.boolean(),
      }),
    ),
  })
  .openapi("LocalTimes");
export const campaignLocalTimes = createRoute({
  method: "get",
  path: "/v1/campaigns/{id}/local-times",
  tags: ["Campaigns"],
  summary: "When whom a send at everybody's own time would reach",
  ...needs("campaign.read"),
  request: {
    params: idParam("cmp"),
    query: z.object({
      /** Whose wall time in the workspace's zone is meant; the scheduled moment where it is left out, or now. */
      at: moment.optional(),
    }),
  },
  responses: { 200: json(localTimesSchema, "Zones, the earliest first"), ...refusals },
});
