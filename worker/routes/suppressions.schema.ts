/** Contracts: suppressed addresses. */
import { createRoute, z } from "@hono/zod-openapi";
import { channels, suppressionReasons } from "#domain/contact/consent";
import { body, json, moment, needs, noContent, pageOf, pageQuery, refusals } from "../contract.ts";

export const suppressionSchema = z
  .object({
    channel: z.enum(channels),
    address: z.string(),
    reason: z.enum(suppressionReasons),
    detail: z.string(),
    created_at: moment,
  })
  .openapi("Suppression");
export const listSuppressions = createRoute({
  method: "get",
  path: "/v1/suppressions",
  tags: ["Audience"],
  summary: "Addresses that are never written to",
  ...needs("audience.read"),
  request: { query: pageQuery.extend({ search: z.string().max(254).optional() }) },
  responses: { 200: json(pageOf(suppressionSchema), "Suppressions"), ...refusals },
});
export const addSuppression = createRoute({
  method: "post",
  path: "/v1/suppressions",
  tags: ["Audience"],
  summary: "Suppress an address",
  ...needs("audience.write"),
  request: body(z.object({ address: z.string().trim().max(254), detail: z.string().max(500).default("") })),
  responses: { 201: json(suppressionSchema, "Suppressed"), ...refusals },
});
export const removeSuppression = createRoute({
  method: "delete",
  path: "/v1/suppressions/{address}",
  tags: ["Audience"],
  summary: "Lift the suppression of an e-mail address",
  ...needs("audience.write"),
  request: {
    params: z.object({
      address: z
        .string()
        .max(254)
        .openapi({ param: { name: "address", in: "path" } }),
    }),
  },
  responses: { 204: noContent, ...refusals },
});
