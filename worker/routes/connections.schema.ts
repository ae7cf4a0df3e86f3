/** Contracts: connections to providers. */
import { createRoute, z } from "@hono/zod-openapi";
import { providerKinds } from "#domain/sending/provider";
import { body, idParam, idSchema, json, moment, needs, noContent, refusals } from "../contract.ts";

export const connectionSchema = z
  .object({
    id: idSchema("cxn"),
    kind: z.enum(providerKinds),
    name: z.string(),
    settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    rate_per_second: z.int(),
    is_default: z.boolean(),
    webhook_url: z.string(),
    verified_at: moment.nullable(),
    last_error: z.string(),
    created_at: moment,
  })
  .openapi("Connection");
const rate = z.int().min(1).max(100_000);
const named = { name: z.string().trim().min(1).max(120), rate_per_second: rate.optional() };
/** `idempotency: false` and `evidence: false` make the sandbox behave like providers that lack them. */
const sandboxSettings = z.object({
  idempotency: z.boolean().default(true),
  evidence: z.boolean().default(true),
});
const smtpSettings = z.object({
  host: z.string().min(1).max(253),
  port: z.int().min(1).max(65_535),
  security: z.enum(["none", "starttls", "tls"]).default("starttls"),
  username: z.string().max(254).default(""),
});
const resendSettings = z.object({ base_url: z.url().max(300).default("https://api.resend.com") });
export const createConnectionBody = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("sandbox"),
    ...named,
    settings: sandboxSettings.default({ idempotency: true, evidence: true }),
  }),
  z.object({
    kind: z.literal("smtp"),
    ...named,
    settings: smtpSettings,
    password: z.string().max(500).default(""),
  }),
  z.object({
    kind: z.literal("resend"),
    ...named,
    settings: resendSettings.default({ base_url: "https://api.resend.com" }),
    api_key: z.string().min(1).max(500),
    webhook_secret: z.string().max(500).default(""),
  }),
]);
export const listConnections = createRoute({
  method: "get",
  path: "/v1/connections",
  tags: ["Connections"],
  summary: "Provider connections, without their secrets",
  ...needs("settings.read"),
  responses: { 200: json(z.object({ data: z.array(connectionSchema) }), "Connections"), ...refusals },
});
export const createConnection = createRoute({
  method: "post",
  path: "/v1/connections",
  tags: ["Connections"],
  summary: "Connect a provider",
  description:
    "Credentials are sealed with the workspace's key before they are stored and never shown again.",
  ...needs("settings.write"),
  request: body(createConnectionBody),
  responses: { 201: json(connectionSchema, "Connected; not yet verified"), ...refusals },
});
export const updateConnection = createRoute({
  method: "patch",
  path: "/v1/connections/{id}",
  tags: ["Connections"],
  summary: "Rename, change the rate, make it the default, replace a secret",
  ...needs("settings.write"),
  request: {
    params: idParam("cxn"),
    ...body(
      z
        .object({
          name: z.string().trim().min(1).max(120),
          rate_per_second: rate,
          is_default: z.literal(true),
          secrets: z.partialRecord(z.enum(["password", "api_key", "webhook_secret"]), z.string().max(500)),
        })
        .partial(),
    ),
  },
  responses: { 200: json(connectionSchema, "Changed"), ...refusals },
});
export const deleteConnection = createRoute({
  method: "delete",
  path: "/v1/connections/{id}",
  tags: ["Connections"],
  summary: "Remove a connection that no running campaign uses",
  ...needs("settings.write"),
  request: { params: idParam("cxn") },
  responses: { 204: noContent, ...refusals },
});
export const verifyConnection = createRoute({
  method: "post",
  path: "/v1/connections/{id}/verify",
  tags: ["Connections"],
  summary: "Prove the credentials at the provider, without sending to anyone",
  ...needs("settings.write"),
  request: { params: idParam("cxn") },
  responses: {
    200: json(z.object({ ok: z.boolean(), reason: z.string() }), "What the provider said"),
    ...refusals,
  },
});
