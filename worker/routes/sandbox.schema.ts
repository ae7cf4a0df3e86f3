/** Contracts: the sandbox inbox, where mail of sandbox connections lies to be looked at. */
import { createRoute, z } from "@hono/zod-openapi";
import { channels } from "#domain/contact/consent";
import { textPlots } from "#domain/sending/sandbox-people";
import { happenings, plots } from "#domain/sending/sandbox-plot";
import {
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

export const mailSummarySchema = z
  .object({
    id: idSchema("mai"),
    connection_id: idSchema("cxn"),
    channel: z.enum(channels),
    to: z.string(),
    from: z.string(),
    /** Empty for a text message. */
    subject: z.string(),
    /** How the played recipient behaves, and how far they got. */
    plot: z.enum([...plots, ...textPlots]),
    happened: z.array(z.enum(happenings)),
    at: moment,
  })
  .openapi("SandboxMailSummary");
export const mailSchema = mailSummarySchema
  .extend({
    html: z.string(),
    text: z.string(),
    headers: z.record(z.string(), z.string()),
    message_id: z.string(),
  })
  .openapi("SandboxMail");

export const listMails = createRoute({
  method: "get",
  path: "/v1/sandbox/mails",
  tags: ["Sandbox"],
  summary: "Mail caught by sandbox connections, newest first",
  ...needs("campaign.read"),
  request: { query: pageQuery.extend({ search: z.string().trim().max(254).optional() }) },
  responses: { 200: json(pageOf(mailSummarySchema), "Mails"), ...refusals },
});
export const getMail = createRoute({
  method: "get",
  path: "/v1/sandbox/mails/{id}",
  tags: ["Sandbox"],
  summary: "One mail, whole",
  ...needs("campaign.read"),
  request: { params: idParam("mai") },
  responses: { 200: json(mailSchema, "The mail"), ...refusals },
});
export const clearMails = createRoute({
  method: "delete",
  path: "/v1/sandbox/mails",
  tags: ["Sandbox"],
  summary: "Empty the inbox",
  ...needs("settings.write"),
  responses: { 204: noContent, ...refusals },
});
export const sandboxSummary = createRoute({
  method: "get",
  path: "/v1/sandbox/summary",
  tags: ["Sandbox"],
  summary: "The sandbox's own count, made without looking at the ledger",
  description: "`duplicates` are mails beyond the first with the same campaign message id.",
  ...needs("campaign.read"),
  responses: {
    200: json(
      z.object({
        mails: z.int(),
        recipients: z.int(),
        duplicates: z.int(),
        waiting_events: z.int(),
        first_at: moment.nullable(),
      }),
      "Counts",
    ),
    ...refusals,
  },
});
