/** Contracts: campaigns, from draft to report. */
import { createRoute, z } from "@hono/zod-openapi";
import { audienceSchema } from "#domain/campaign/audience";
import { campaignStates, pauseReasons } from "#domain/campaign/state";
import { messageStates } from "#domain/sending/ledger";
import {
  body,
  idParam,
  idSchema,
  json,
  moment,
  needs,
  noContent,
  pageOf,
  pageQuery,
  refusals,
} from "../contract.ts";

const editable = z.object({
  name: z.string().trim().min(1).max(120),
  template_id: idSchema("tpl").nullable(),
  subject: z.string().trim().max(998),
  from_name: z.string().trim().max(120),
  from_email: z.string().trim().max(254),
  reply_to: z.string().trim().max(254),
  connection_id: idSchema("cxn").nullable(),
  audience: audienceSchema,
  track_opens: z.boolean(),
  track_clicks: z.boolean(),
});

export const campaignSchema = z
  .object({
    id: idSchema("cmp"),
    ...editable.shape,
    state: z.enum(campaignStates),
    pause_reason: z.enum(pauseReasons).nullable(),
    pause_detail: z.string(),
    scheduled_at: moment.nullable(),
    started_at: moment.nullable(),
    finished_at: moment.nullable(),
    revision: z.int(),
    created_at: moment,
    updated_at: moment,
  })
  .openapi("Campaign");

/** The numbers of a run, counted from the ledger: `audience` is always the sum of the states. */
export const reconciliationSchema = z
  .object({
    audience: z.int(),
    frozen: z.boolean(),
    states: z.object({
      queued: z.int(),
      skipped: z.int(),
      sending: z.int(),
      unknown: z.int(),
      accepted: z.int(),
      failed: z.int(),
      delivered: z.int(),
      bounced: z.int(),
      complained: z.int(),
    }),
    skipped: z.record(z.string(), z.int()),
    failed: z.record(z.string(), z.int()),
    unknown: z.record(z.string(), z.int()),
    balances: z.boolean(),
  })
  .openapi("Reconciliation");

export const campaignSummarySchema = campaignSchema
  .extend({
    /** Once launched: what the ledger says. `opened` and `clicked` are people only. */
    numbers: z
      .object({
        audience: z.int(),
        accepted: z.int(),
        delivered: z.int(),
        opened: z.int(),
        clicked: z.int(),
        unsubscribed: z.int(),
      })
      .nullable(),
  })
  .openapi("CampaignSummary");

export const listCampaigns = createRoute({
  method: "get",
  path: "/v1/campaigns",
  tags: ["Campaigns"],
  summary: "Campaigns, newest first",
  ...needs("campaign.read"),
  request: {
    query: pageQuery.extend({
      state: z.enum(campaignStates).optional(),
      search: z.string().trim().max(120).optional(),
    }),
  },
  responses: { 200: json(pageOf(campaignSummarySchema), "Campaigns"), ...refusals },
});
export const createCampaign = createRoute({
  method: "post",
  path: "/v1/campaigns",
  tags: ["Campaigns"],
  summary: "Create a draft",
  description: "Sender and connection default to the workspace's.",
  ...needs("campaign.write"),
  request: body(editable.partial().extend({ name: z.string().trim().min(1).max(120) })),
  responses: { 201: json(campaignSchema, "Created"), ...refusals },
});
export const getCampaign = createRoute({
  method: "get",
  path: "/v1/campaigns/{id}",
  tags: ["Campaigns"],
  summary: "One campaign",
  ...needs("campaign.read"),
  request: { params: idParam("cmp") },
  responses: { 200: json(campaignSchema, "The campaign"), ...refusals },
});
export const updateCampaign = createRoute({
  method: "patch",
  path: "/v1/campaigns/{id}",
  tags: ["Campaigns"],
  summary: "Change a draft or a scheduled campaign",
  ...needs("campaign.write"),
  request: {
    params: idParam("cmp"),
    headers: z.object({ "if-match": z.string().max(40).optional() }),
    ...body(editable.partial()),
  },
  responses: { 200: json(campaignSchema, "Changed"), ...refusals },
});
export const deleteCampaign = createRoute({
  method: "delete",
  path: "/v1/campaigns/{id}",
  tags: ["Campaigns"],
  summary: "Delete a draft",
  ...needs("campaign.write"),
  request: { params: idParam("cmp") },
  responses: { 204: noContent, ...refusals },
});
export const duplicateCampaign = createRoute({
  method: "post",
  path: "/v1/campaigns/{id}/duplicate",
  tags: ["Campaigns"],
  summary: "Copy a campaign into a new draft",
  ...needs("campaign.write"),
  request: { params: idParam("cmp") },
  responses: { 201: json(campaignSchema, "The copy"), ...refusals },
});

export const audienceReportSchema = z
  .object({
    audience: z.int(),
    to_send: z.int(),
    /** Why people are left out: `{"unsubscribed": 12}`. */
    skipped: z.record(z.string(), z.int()),
  })
  .openapi("AudienceReport");
export const campaignAudience = createRoute({
  method: "post",
  path: "/v1/campaigns/audience",
  tags: ["Campaigns"],
  summary: "Who an audience would reach now, and who is left out and why",
  ...needs("campaign.read"),
  request: body(z.object({ audience: audienceSchema })),
  responses: { 200: json(audienceReportSchema, "Exact counts"), ...refusals },
});
export const checklistSchema = z
  .object({
    ready: z.boolean(),
    items: z.array(
      z.object({
        key: z.enum([
          "sender",
          "connection",
          "template",
          "subject",
          "audience",
          "content",
          "unsubscribe_link",
          "postal_address",
        ]),
        status: z.enum(["ok", "warning", "error"]),
        detail: z.string(),
      }),
    ),
    audience: audienceReportSchema.nullable(),
  })
  .openapi("Checklist");
export const campaignChecklist = createRoute({
  method: "get",
  path: "/v1/campaigns/{id}/checklist",
  tags: ["Campaigns"],
  summary: "What still stands between this campaign and its launch",
  ...needs("campaign.read"),
  request: { params: idParam("cmp") },
  responses: { 200: json(checklistSchema, "Checks"), ...refusals },
});

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
    "The moment is absolute; content and audience are frozen when it comes.",
  ),
  request: { params: idParam("cmp"), ...body(z.object({ at: moment })) },
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

export const campaignReconciliation = createRoute({
  method: "get",
  path: "/v1/campaigns/{id}/reconciliation",
  tags: ["Campaigns"],
  summary: "The books of a run, counted from the ledger",
  ...needs("campaign.read"),
  request: { params: idParam("cmp") },
  responses: { 200: json(reconciliationSchema, "Always adding up"), ...refusals },
});
export const reportSchema = z
  .object({
    reconciliation: reconciliationSchema,
    /** Distinct people. `opened` and `clicked` count people only; `machine_opened` the rest. */
    opened: z.int(),
    clicked: z.int(),
    machine_opened: z.int(),
    unsubscribed: z.int(),
    links: z.array(z.object({ position: z.int(), url: z.string(), clicks: z.int(), people: z.int() })),
    /** Events of people per hour since the launch, at most 168 hours. */
    hours: z.array(z.object({ at: moment, delivered: z.int(), opened: z.int(), clicked: z.int() })),
    bounces: z.array(z.object({ reason: z.string(), count: z.int() })),
  })
  .openapi("CampaignReport");
export const campaignReport = createRoute({
  method: "get",
  path: "/v1/campaigns/{id}/report",
  tags: ["Campaigns"],
  summary: "What a campaign achieved",
  ...needs("campaign.read"),
  request: { params: idParam("cmp") },
  responses: { 200: json(reportSchema, "The report"), ...refusals },
});
export const messageSchema = z
  .object({
    id: idSchema("msg"),
    contact_id: idSchema("ctc"),
    address: z.string(),
    state: z.enum(messageStates),
    reason: z.string(),
    tries: z.int(),
    provider_message_id: z.string().nullable(),
    accepted_at: moment.nullable(),
    opened_at: moment.nullable(),
    clicked_at: moment.nullable(),
  })
  .openapi("Message");
export const campaignMessages = createRoute({
  method: "get",
  path: "/v1/campaigns/{id}/messages",
  tags: ["Campaigns"],
  summary: "The ledger of a run, row by row",
  ...needs("campaign.read"),
  request: {
    params: idParam("cmp"),
    query: pageQuery.extend({
      state: z.enum(messageStates).optional(),
      reason: z.string().max(300).optional(),
    }),
  },
  responses: { 200: json(pageOf(messageSchema), "Rows"), ...refusals },
});
/** A frame pushed over the live socket, at most four a second. */
export const liveFrameSchema = z
  .object({
    state: z.enum(campaignStates),
    pause_reason: z.enum(pauseReasons).nullable(),
    frozen: z.boolean(),
    audience: z.int(),
    queued: z.int(),
    skipped: z.int(),
    accepted: z.int(),
    failed: z.int(),
    unknown: z.int(),
    delivered: z.int(),
    bounced: z.int(),
    opened: z.int(),
    clicked: z.int(),
    rate_per_second: z.number(),
    seconds_left: z.int().nullable(),
    at: moment,
  })
  .openapi("LiveFrame");
export const campaignLive = createRoute({
  method: "get",
  path: "/v1/campaigns/{id}/live",
  tags: ["Campaigns"],
  summary: "Live progress over a WebSocket",
  description: "Upgrade to a WebSocket; each text message is one LiveFrame in JSON.",
  ...needs("campaign.read"),
  request: { params: idParam("cmp") },
  responses: {
    101: { description: "Switching protocols" },
    200: json(liveFrameSchema, "Without an upgrade: one frame, as JSON"),
    ...refusals,
  },
});
