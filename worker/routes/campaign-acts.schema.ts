/** Contracts: what can be done with a campaign. */
import { createRoute, z } from "@hono/zod-openapi";
import { body, idParam, json, moment, needs, refusals } from "../contract.ts";
import { campaignSchema } from "./campaigns.schema.ts";

const act = <P extends string>(path: P, summary: string, description: string) => ({
  method: "post" as const,
  path: `/v1/campaigns/{id}/${path}` as const,
  tags: ["Campaigns"],
  summary,
  description,
  ...needs("campaign.send"),
});
export const sendCampaign = createRoute({
  ...act(
    "send",
    "Launch now",
    "Freezes the content, then the audience, then sends. Sending twice launches once.",
  ),
  request: { params: idParam("cmp") },
  responses: { 202: json(campaignSchema, "Launched"), ...refusals },
});
export const scheduleCampaign = createRoute({
  ...act(
    "schedule",
    "Launch at a moment",
    "The moment is absolute; content and audience are frozen when it comes. With `local`, the time it is then on the workspace's clock is meant on each recipient's own: the campaign is launched when the first clock on earth shows it (UTC+14), and people whose moment has passed by then get it at once.",
  ),
  request: {
    params: idParam("cmp"),
    ...body(z.object({ at: moment, local: z.boolean().default(false) })),
  },
  responses: { 200: json(campaignSchema, "Scheduled"), ...refusals },
});
export const unscheduleCampaign = createRoute({
  ...act("unschedule", "Back to draft", "Until the moment has come."),
  request: { params: idParam("cmp") },
  responses: { 200: json(campaignSchema, "A draft again"), ...refusals },
});
export const pauseCampaign = createRoute({
  ...act("pause", "Pause", "Nothing new goes out within seconds; what is at the provider stays there."),
  request: { params: idParam("cmp") },
  responses: { 200: json(campaignSchema, "Paused"), ...refusals },
});
export const resumeCampaign = createRoute({
  ...act("resume", "Resume", "Goes on with those not yet tried; nobody is mailed twice."),
  request: { params: idParam("cmp") },
  responses: { 200: json(campaignSchema, "Sending again"), ...refusals },
});
export const cancelCampaign = createRoute({
  ...act("cancel", "Cancel for good", "Those not yet tried end as skipped with the reason `cancelled`."),
  request: { params: idParam("cmp") },
  responses: { 200: json(campaignSchema, "Cancelled"), ...refusals },
});
export const retryFailed = createRoute({
  ...act(
    "retry-failed",
    "Try the failed ones again",
    "Puts failed rows back into the queue of the same run.",
  ),
  request: { params: idParam("cmp") },
  responses: { 202: json(z.object({ requeued: z.int() }), "Queued again"), ...refusals },
});
export const settleUnknown = createRoute({
  ...act(
    "settle-unknown",
    "Decide about messages of unknown outcome",
    "`send_again` may mail a person twice; `leave` ends them as failed.",
  ),
  request: { params: idParam("cmp"), ...body(z.object({ decision: z.enum(["send_again", "leave"]) })) },
  responses: { 200: json(z.object({ settled: z.int() }), "Decided"), ...refusals },
});
