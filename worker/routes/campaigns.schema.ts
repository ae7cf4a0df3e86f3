/** Contracts: campaigns and what stands between them and their launch. */
import { createRoute, z } from "@hono/zod-openapi";
import { audienceSchema } from "#domain/campaign/audience";
import { checkKeys } from "#domain/campaign/readiness";
import { campaignStates, pauseReasons } from "#domain/campaign/state";
import { channels } from "#domain/contact/consent";
import { waitingReasons } from "#domain/sending/hold";
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
  /** Of text messages: a name or a number; empty: the connection's own. */
  sender: z.string().trim().max(20),
  connection_id: idSchema("cxn").nullable(),
  audience: audienceSchema,
  track_opens: z.boolean(),
  track_clicks: z.boolean(),
  /** Caps and quiet hours do not hold it: for messages people must get, such as a recall. */
  ignores_policy: z.boolean(),
});

export const campaignSchema = z
  .object({
    id: idSchema("cmp"),
    channel: z.enum(channels),
    ...editable.shape,
    state: z.enum(campaignStates),
    pause_reason: z.enum(pauseReasons).nullable(),
    pause_detail: z.string(),
    scheduled_at: moment.nullable(),
    /** The wall-clock time of `scheduled_at` in the workspace's zone is each recipient's own. */
    scheduled_local: z.boolean(),
    /** A pause that ends by itself ends now. */
    resume_at: moment.nullable(),
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
    /**
     * Of the queued, those whose moment is yet to come: `held` by caps or quiet hours, `own_time` until the scheduled
     * time where they live, `retry` after a provider asked to come back later.
     */
    waiting: z.array(
      z.object({
        why: z.enum(waitingReasons),
        reason: z.string(),
        people: z.int(),
        first_at: moment,
        last_at: moment,
      }),
    ),
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
      channel: z.enum(channels).optional(),
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
  description:
    "Sender and connection default to the workspace's. The channel stays: a text message cannot become a mail.",
  ...needs("campaign.write"),
  request: body(
    editable
      .partial()
      .extend({ name: z.string().trim().min(1).max(120), channel: z.enum(channels).default("email") }),
  ),
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
    ...body(editable.partial().extend({ channel: z.enum(channels).optional() })),
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
  request: body(z.object({ audience: audienceSchema, channel: z.enum(channels).default("email") })),
  responses: { 200: json(audienceReportSchema, "Exact counts"), ...refusals },
});
/** Of text messages: what each takes at most, what all take, and what that costs at the prices of the connections. */
export const smsEstimateSchema = z
  .object({
    encoding: z.enum(["gsm-7", "ucs-2"]),
    segments_per_person: z.int(),
    segments_expected: z.int(),
    segments_at_most: z.int(),
    cost_expected: z.string().nullable(),
    cost_at_most: z.string().nullable(),
    currency: z.string().nullable(),
    /** How one leaves: by a reply, or by a link where the sender cannot be answered. */
    opt_out: z.enum(["keyword", "link"]),
    opt_out_line: z.string(),
  })
  .openapi("SmsEstimate");
export const checklistSchema = z
  .object({
    ready: z.boolean(),
    items: z.array(
      z.object({
        key: z.enum(checkKeys),
        status: z.enum(["ok", "warning", "error"]),
        detail: z.string(),
      }),
    ),
    audience: audienceReportSchema.nullable(),
    sms: smsEstimateSchema.nullable(),
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
