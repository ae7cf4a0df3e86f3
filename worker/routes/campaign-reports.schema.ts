/** Contracts: what became of a campaign. */
import { createRoute, z } from "@hono/zod-openapi";
import { campaignStates, pauseReasons } from "#domain/campaign/state";
import { messageStates } from "#domain/sending/ledger";
import { idParam, idSchema, json, moment, needs, pageOf, pageQuery, refusals } from "../contract.ts";
import { reconciliationSchema } from "./campaigns.schema.ts";

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
    machine_clicked: z.int(),
    /** What machines did, by what they are known by; one visit may have several reasons. */
    machines: z.array(z.object({ reason: z.string(), opens: z.int(), clicks: z.int() })),
    unsubscribed: z.int(),
    links: z.array(
      z.object({
        position: z.int(),
        url: z.string(),
        clicks: z.int(),
        people: z.int(),
        machine_clicks: z.int(),
      }),
    ),
    /** Events of people per hour since the launch, at most 168 hours. */
    hours: z.array(z.object({ at: moment, delivered: z.int(), opened: z.int(), clicked: z.int() })),
    /** `block`: the provider or the mailbox refused the sender; the address is not to blame. */
    bounces: z.array(
      z.object({ reason: z.string(), kind: z.enum(["hard", "soft", "block"]).nullable(), count: z.int() }),
    ),
    /** Of text messages; null for mail. */
    sms: z
      .object({
        segments: z.int(),
        /** What was taken by each connection's provider, at the price set with the connection now. */
        costs: z.array(
          z.object({
            connection: z.string(),
            segments: z.int(),
            amount: z.string().nullable(),
            currency: z.string().nullable(),
          }),
        ),
        /** People who wrote back within a week, before they got anything else from us. */
        replied: z.int(),
        /** Of these, who asked to leave by a keyword; `unsubscribed` counts those who left by the link. */
        stopped: z.int(),
      })
      .nullable(),
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
    /** Parts of a text message; 0 for mail, and before it was written. */
    segments: z.int(),
    /** Queued, and nothing goes before this moment: held, waiting for the person's own time, or to be tried again. */
    not_before: moment.nullable(),
    /** Since when a cap or quiet hours hold it. */
    held_since: moment.nullable(),
    /** When the last attempt took it up. */
    claimed_at: moment.nullable(),
    /** Of unknown outcome: until when the provider's reports are waited for, where it sends any. */
    evidence_until: moment.nullable(),
    accepted_at: moment.nullable(),
    opened_at: moment.nullable(),
    clicked_at: moment.nullable(),
  })
  .openapi("Message");
const ledgerFilter = {
  state: z.enum(messageStates).optional(),
  reason: z.string().max(300).optional(),
  /** `true`: only the queued whose moment is yet to come. */
  waiting: z.literal("true").optional(),
};
export const campaignMessages = createRoute({
  method: "get",
  path: "/v1/campaigns/{id}/messages",
  tags: ["Campaigns"],
  summary: "The ledger of a run, row by row",
  ...needs("campaign.read"),
  request: {
    params: idParam("cmp"),
    query: pageQuery.extend(ledgerFilter),
  },
  responses: { 200: json(pageOf(messageSchema), "Rows"), ...refusals },
});
export const campaignMessageFile = createRoute({
  method: "get",
  path: "/v1/campaigns/{id}/messages.csv",
  tags: ["Campaigns"],
  summary: "The ledger of a run as a CSV file",
  ...needs("campaign.read"),
  request: { params: idParam("cmp"), query: z.object(ledgerFilter) },
  responses: {
    200: { description: "All rows that fit", content: { "text/csv": { schema: z.string() } } },
    ...refusals,
  },
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
    /** Why nothing goes out at this moment although the run is not paused. */
    waits_for: z.enum(["slow_down", "quota", "warm_up"]).nullable(),
    waits_until: moment.nullable(),
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
