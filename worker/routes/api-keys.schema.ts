/** Contracts: API keys. */
import { createRoute, z } from "@hono/zod-openapi";
import { body, idParam, idSchema, json, moment, needs, noContent, refusals } from "../contract.ts";

export const apiKeySchema = z
  .object({
    id: idSchema("key"),
    name: z.string(),
    hint: z.string().openapi({ example: "lp_live_4f9k…" }),
    created_at: moment,
    last_used_at: moment.nullable(),
  })
  .openapi("ApiKey");
export const listApiKeys = createRoute({
  method: "get",
  path: "/v1/api-keys",
  tags: ["Settings"],
  summary: "API keys in use",
  ...needs("keys.read"),
  responses: { 200: json(z.object({ data: z.array(apiKeySchema) }), "Keys"), ...refusals },
});
export const createApiKey = createRoute({
  method: "post",
  path: "/v1/api-keys",
  tags: ["Settings"],
  summary: "Create an API key",
  description: "The key itself is in this answer and nowhere else afterwards.",
  ...needs("keys.write"),
  request: body(z.object({ name: z.string().trim().min(1).max(120) })),
  responses: { 201: json(apiKeySchema.extend({ key: z.string() }), "Created"), ...refusals },
});
export const revokeApiKey = createRoute({
  method: "delete",
  path: "/v1/api-keys/{id}",
  tags: ["Settings"],
  summary: "Revoke an API key; it stops working at once",
  ...needs("keys.write"),
  request: { params: idParam("key") },
  responses: { 204: noContent, ...refusals },
});
