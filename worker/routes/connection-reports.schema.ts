/** Contracts: what a connection's provider has reported, as it reported it. */
import { createRoute, z } from "@hono/zod-openapi";
import { body, idParam, idSchema, json, moment, needs, pageOf, pageQuery, refusals } from "../contract.ts";

export const providerReportSchema = z
  .object({
    id: idSchema("hkp"),
    received_at: moment,
    /** Things that happened to messages, as far as they were understood when it came. */
    events: z.int(),
    /** Deflated; null where the body is so large that it lies apart. */
    stored_bytes: z.int().nullable(),
    /** Once, and once more each time it was replayed. */
    readings: z.int(),
  })
  .openapi("ProviderReport");
const reportParams = idParam("cxn").extend({
  report: idSchema("hkp").openapi({ param: { name: "report", in: "path" } }),
});

export const listReports = createRoute({
  method: "get",
  path: "/v1/connections/{id}/reports",
  tags: ["Connections"],
  summary: "Reports received from the provider in the last thirty days, newest first",
  ...needs("settings.read"),
  request: { params: idParam("cxn"), query: pageQuery },
  responses: {
    200: json(
      pageOf(providerReportSchema).extend({
        /** A forged report is one whose signature was wrong: it was refused and not kept. */
        last_24_hours: z.object({ reports: z.int(), events: z.int(), forged_reports: z.int() }),
      }),
      "Reports, and how they came in lately",
    ),
    ...refusals,
  },
});
export const getReport = createRoute({
  method: "get",
  path: "/v1/connections/{id}/reports/{report}",
  tags: ["Connections"],
  summary: "One report as it was posted",
  description:
    "It names people, so whoever may not change settings sees its outline alone: `request` is null.",
  ...needs("settings.read"),
  request: { params: reportParams },
  responses: {
    200: json(
      providerReportSchema.extend({
        request: z
          .object({
            method: z.string(),
            url: z.string(),
            headers: z.record(z.string(), z.string()),
            body: z.string(),
          })
          .nullable(),
      }),
      "The report",
    ),
    ...refusals,
  },
});
const replayed = z.object({
  /** How many will be read again. */
  reports: z.int(),
});
export const replayReport = createRoute({
  method: "post",
  path: "/v1/connections/{id}/reports/{report}/replay",
  tags: ["Connections"],
  summary: "Read one report again",
  description: "Adds what was missing; what is known already changes nothing.",
  ...needs("settings.write"),
  request: { params: reportParams },
  responses: { 202: json(replayed, "Will be read"), ...refusals },
});
export const replayReports = createRoute({
  method: "post",
  path: "/v1/connections/{id}/reports/replay",
  tags: ["Connections"],
  summary: "Read all reports of a stretch of time again",
  description: "Adds what was missing, in the order in which they came.",
  ...needs("settings.write"),
  request: { params: idParam("cxn"), ...body(z.object({ from: moment, to: moment })) },
  responses: { 202: json(replayed, "Will be read"), ...refusals },
});
