/** Contracts: imports. */
import { createRoute, z } from "@hono/zod-openapi";
import {
  importOptionsSchema,
  importPreviewSchema,
  importStates,
  rejectionReasons,
} from "#domain/contact/import";
import { body, idParam, idSchema, json, moment, needs, pageOf, pageQuery, refusals } from "../contract.ts";

export const importSchema = z
  .object({
    id: idSchema("imp"),
    file_name: z.string(),
    size_bytes: z.int(),
    state: z.enum(importStates),
    preview: importPreviewSchema,
    options: importOptionsSchema.nullable(),
    /** How far the file has been read, in bytes of `size_bytes`. */
    bytes_done: z.int(),
    rows_read: z.int(),
    rows_created: z.int(),
    rows_updated: z.int(),
    rows_unchanged: z.int(),
    rows_rejected: z.int(),
    failure: z.string(),
    created_at: moment,
    started_at: moment.nullable(),
    finished_at: moment.nullable(),
  })
  .openapi("Import");

export const listImports = createRoute({
  method: "get",
  path: "/v1/imports",
  tags: ["Imports"],
  summary: "Imports, newest first",
  ...needs("audience.read"),
  request: { query: pageQuery },
  responses: { 200: json(pageOf(importSchema), "Imports"), ...refusals },
});
export const uploadImport = createRoute({
  method: "post",
  path: "/v1/imports",
  tags: ["Imports"],
  summary: "Upload a CSV file",
  description:
    "The body is the file as it is, at most 100 MB: comma, semicolon, tab or pipe; UTF-8, UTF-16 or Windows-1252. The answer shows how it was read and where each column would go. Nothing is imported yet.",
  ...needs("audience.write"),
  request: {
    query: z.object({ file_name: z.string().trim().min(1).max(255).default("import.csv") }),
    body: { required: true, content: { "text/csv": { schema: z.string().openapi({ format: "binary" }) } } },
  },
  responses: { 201: json(importSchema, "Uploaded"), ...refusals },
});
export const getImport = createRoute({
  method: "get",
  path: "/v1/imports/{id}",
  tags: ["Imports"],
  summary: "One import with its progress",
  ...needs("audience.read"),
  request: { params: idParam("imp") },
  responses: { 200: json(importSchema, "The import"), ...refusals },
});
export const startImport = createRoute({
  method: "post",
  path: "/v1/imports/{id}/start",
  tags: ["Imports"],
  summary: "Start the import with a column mapping",
  ...needs("audience.write"),
  request: { params: idParam("imp"), ...body(importOptionsSchema) },
  responses: { 202: json(importSchema, "Started"), ...refusals },
});
export const cancelImport = createRoute({
  method: "post",
  path: "/v1/imports/{id}/cancel",
  tags: ["Imports"],
  summary: "Stop an import; rows already imported stay",
  ...needs("audience.write"),
  request: { params: idParam("imp") },
  responses: { 200: json(importSchema, "Cancelled"), ...refusals },
});
export const importErrorSchema = z
  .object({ line: z.int(), reason: z.enum(rejectionReasons), detail: z.string(), row: z.array(z.string()) })
  .openapi("ImportError");
export const listImportErrors = createRoute({
  method: "get",
  path: "/v1/imports/{id}/errors",
  tags: ["Imports"],
  summary: "Rows that were refused, with line number and reason",
  ...needs("audience.read"),
  request: { params: idParam("imp"), query: pageQuery },
  responses: { 200: json(pageOf(importErrorSchema), "Refused rows"), ...refusals },
});
export const importErrorFile = createRoute({
  method: "get",
  path: "/v1/imports/{id}/errors.csv",
  tags: ["Imports"],
  summary: "The refused rows as a CSV file",
  ...needs("audience.read"),
  request: { params: idParam("imp") },
  responses: {
    200: { description: "The file", content: { "text/csv": { schema: z.string() } } },
    ...refusals,
  },
});
