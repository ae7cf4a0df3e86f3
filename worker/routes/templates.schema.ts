/** Contracts: templates, their versions, preview and test send. */
import { createRoute, z } from "@hono/zod-openapi";
import { channels } from "#domain/contact/consent";
import { contentParts, problemCodes } from "#domain/message/problem";
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

const content = z.object({
  /** Empty for a text message. */
  subject: z.string().trim().max(998),
  preheader: z.string().trim().max(255).default(""),
  /** Empty for a text message. */
  html: z.string().max(1_000_000),
  /** Empty: made from the HTML. All there is of a text message. */
  text: z.string().max(500_000).default(""),
  /** Fallback per variable: `{"first_name": "there"}`. */
  defaults: z.record(z.string().max(80), z.string().max(500)).default({}),
});

/** As written: what a text message has not may be left out. */
const written = content.extend({
  channel: z.enum(channels).default("email"),
  subject: content.shape.subject.optional(),
  html: content.shape.html.optional(),
});

export const templateSchema = z
  .object({
    id: idSchema("tpl"),
    channel: z.enum(channels),
    name: z.string(),
    version: z.int(),
    ...content.shape,
    created_at: moment,
    updated_at: moment,
  })
  .openapi("Template");
export const templateSummarySchema = z
  .object({
    id: idSchema("tpl"),
    channel: z.enum(channels),
    /** How a text message begins; empty for mail. */
    excerpt: z.string(),
    name: z.string(),
    version: z.int(),
    subject: z.string(),
    created_at: moment,
    updated_at: moment,
  })
  .openapi("TemplateSummary");

export const contentProblemSchema = z
  .object({
    part: z.enum(contentParts),
    severity: z.enum(["error", "warning"]),
    code: z.enum(problemCodes),
    message: z.string(),
    line: z.int().nullable(),
    column: z.int().nullable(),
  })
  .openapi("ContentProblem");

const smsCount = z.object({
  encoding: z.enum(["gsm-7", "ucs-2"]),
  /** Septets or UTF-16 code units. */
  units: z.int(),
  segments: z.int(),
  /** Units that still fit before one more segment is needed. */
  left: z.int(),
  /** Characters that alone make it UCS-2. */
  outside_gsm: z.array(z.string()),
});
export const smsPreviewSchema = z
  .object({
    /** Of the text shown; null where it cannot be rendered. */
    count: smsCount.nullable(),
    /** Of the longest among those it was tried for: somebody with every field filled, somebody with none. */
    worst: smsCount.nullable(),
    /** The text as written, in the plain alphabet; null where nothing can be replaced. */
    plain: z
      .object({
        text: z.string(),
        replaced: z.array(z.object({ from: z.string(), to: z.string() })),
        /** What nothing can stand for: while one is left, the whole text stays UCS-2. */
        left: z.array(z.string()),
      })
      .nullable(),
  })
  .openapi("SmsPreview");

export const listTemplates = createRoute({
  method: "get",
  path: "/v1/templates",
  tags: ["Content"],
  summary: "Templates, last changed first",
  ...needs("content.read"),
  request: { query: pageQuery.extend({ channel: z.enum(channels).optional() }) },
  responses: { 200: json(pageOf(templateSummarySchema), "Templates"), ...refusals },
});
export const createTemplate = createRoute({
  method: "post",
  path: "/v1/templates",
  tags: ["Content"],
  summary: "Create a template",
  ...needs("content.write"),
  request: body(written.extend({ name: z.string().trim().min(1).max(120) })),
  responses: { 201: json(templateSchema, "Created"), ...refusals },
});
export const getTemplate = createRoute({
  method: "get",
  path: "/v1/templates/{id}",
  tags: ["Content"],
  summary: "One template, as it stands or as it was",
  ...needs("content.read"),
  request: {
    params: idParam("tpl"),
    query: z.object({ version: z.coerce.number().int().min(1).optional() }),
  },
  responses: { 200: json(templateSchema, "The template"), ...refusals },
});
export const updateTemplate = createRoute({
  method: "patch",
  path: "/v1/templates/{id}",
  tags: ["Content"],
  summary: "Change a template: a new version; the old ones stay",
  description:
    "`If-Match` with the version's ETag refuses to overwrite somebody else's change (412 as `changed_meanwhile`).",
  ...needs("content.write"),
  request: {
    params: idParam("tpl"),
    headers: z.object({ "if-match": z.string().max(40).optional() }),
    ...body(
      z
        .object({
          name: z.string().trim().min(1).max(120),
          subject: z.string().trim().max(998),
          preheader: z.string().trim().max(255),
          html: z.string().max(1_000_000),
          text: z.string().max(500_000),
          defaults: z.record(z.string().max(80), z.string().max(500)),
        })
        .partial(),
    ),
  },
  responses: { 200: json(templateSchema, "Changed"), ...refusals },
});
export const deleteTemplate = createRoute({
  method: "delete",
  path: "/v1/templates/{id}",
  tags: ["Content"],
  summary: "Archive a template; campaigns that used it keep their content",
  ...needs("content.write"),
  request: { params: idParam("tpl") },
  responses: { 204: noContent, ...refusals },
});
export const listTemplateVersions = createRoute({
  method: "get",
  path: "/v1/templates/{id}/versions",
  tags: ["Content"],
  summary: "The versions of a template, newest first",
  ...needs("content.read"),
  request: { params: idParam("tpl") },
  responses: {
    200: json(
      z.object({
        data: z.array(
          z.object({ version: z.int(), subject: z.string(), created_by: z.string(), created_at: moment }),
        ),
      }),
      "Versions",
    ),
    ...refusals,
  },
});
export const previewContent = createRoute({
  method: "post",
  path: "/v1/templates/preview",
  tags: ["Content"],
  summary: "Render content for a contact with the renderer that sends",
  description:
    "Without `contact_id` an invented contact is used. Broken Liquid and unknown variables are in `problems`, with line and column.",
  ...needs("content.read"),
  request: body(written.extend({ contact_id: idSchema("ctc").optional() })),
  responses: {
    200: json(
      z.object({
        subject: z.string(),
        preheader: z.string(),
        html: z.string(),
        text: z.string(),
        size_bytes: z.int(),
        problems: z.array(contentProblemSchema),
        /** Of a text message; null for mail. Links and the line that says how to leave are counted as they will be sent. */
        sms: smsPreviewSchema.nullable(),
      }),
      "Rendered",
    ),
    ...refusals,
  },
});
export const testSend = createRoute({
  method: "post",
  path: "/v1/templates/{id}/test-send",
  tags: ["Content"],
  summary: "Send the template to one address or number now, marked as a test",
  ...needs("content.write"),
  request: {
    params: idParam("tpl"),
    ...body(z.object({ to: z.string().trim().max(254), contact_id: idSchema("ctc").optional() })),
  },
  responses: {
    200: json(z.object({ accepted: z.boolean(), detail: z.string() }), "What the provider said"),
    ...refusals,
  },
});
