/** Contracts: workspace settings, members, API keys, connections, suppressions, audit log, onboarding. */
import { createRoute, z } from "@hono/zod-openapi";
import { channels, suppressionReasons } from "#domain/contact/consent";
import { providerKinds } from "#domain/sending/provider";
import { roles } from "#domain/tenant/role";
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

export const tenantSchema = z
  .object({
    id: idSchema("ten"),
    name: z.string(),
    time_zone: z.string(),
    postal_address: z.string(),
    from_name: z.string(),
    from_email: z.string(),
    reply_to: z.string(),
    created_at: moment,
  })
  .openapi("Tenant");
export const getTenant = createRoute({
  method: "get",
  path: "/v1/tenant",
  tags: ["Settings"],
  summary: "The workspace",
  ...needs("settings.read"),
  responses: { 200: json(tenantSchema, "The workspace"), ...refusals },
});
export const updateTenant = createRoute({
  method: "patch",
  path: "/v1/tenant",
  tags: ["Settings"],
  summary: "Change workspace settings",
  ...needs("settings.write"),
  request: body(
    z
      .object({
        name: z.string().trim().min(1).max(120),
        time_zone: z.string().max(64),
        postal_address: z.string().trim().max(500),
        from_name: z.string().trim().max(120),
        from_email: z.string().trim().max(254),
        reply_to: z.string().trim().max(254),
      })
      .partial(),
  ),
  responses: { 200: json(tenantSchema, "Changed"), ...refusals },
});

export const onboardingSchema = z
  .object({
    steps: z.array(
      z.object({
        key: z.enum(["sender", "contacts", "template", "test_send", "first_campaign"]),
        done: z.boolean(),
      }),
    ),
    contacts: z.int(),
    campaigns: z.int(),
  })
  .openapi("Onboarding");
export const onboarding = createRoute({
  method: "get",
  path: "/v1/onboarding",
  tags: ["Settings"],
  summary: "How far this workspace is set up, detected from its data",
  ...needs("settings.read"),
  responses: { 200: json(onboardingSchema, "Steps"), ...refusals },
});

export const memberSchema = z
  .object({
    user_id: idSchema("usr"),
    email: z.string(),
    name: z.string(),
    role: z.enum(roles),
    created_at: moment,
  })
  .openapi("Member");
export const invitationSchema = z
  .object({ id: idSchema("inv"), email: z.string(), role: z.enum(roles), expires_at: moment })
  .openapi("Invitation");
const assignable = z.enum(["admin", "editor", "viewer"]);
export const listMembers = createRoute({
  method: "get",
  path: "/v1/members",
  tags: ["Settings"],
  summary: "Members and open invitations",
  ...needs("members.read"),
  responses: {
    200: json(z.object({ data: z.array(memberSchema), invitations: z.array(invitationSchema) }), "Members"),
    ...refusals,
  },
});
export const inviteMember = createRoute({
  method: "post",
  path: "/v1/members/invitations",
  tags: ["Settings"],
  summary: "Invite somebody",
  description: "Answers with a link to hand over; it is shown this once and works for seven days.",
  ...needs("members.write"),
  request: body(z.object({ email: z.string().trim().max(254), role: assignable })),
  responses: { 201: json(invitationSchema.extend({ accept_url: z.string() }), "Invited"), ...refusals },
});
export const revokeInvitation = createRoute({
  method: "delete",
  path: "/v1/members/invitations/{id}",
  tags: ["Settings"],
  summary: "Take an invitation back",
  ...needs("members.write"),
  request: { params: idParam("inv") },
  responses: { 204: noContent, ...refusals },
});
export const changeMemberRole = createRoute({
  method: "patch",
  path: "/v1/members/{id}",
  tags: ["Settings"],
  summary: "Change a member's role",
  description: "Owners are made and unmade by owners alone; the last owner cannot step down.",
  ...needs("members.write"),
  request: {
    params: idParam("usr"),
    ...body(z.object({ role: z.enum(["owner", "admin", "editor", "viewer"]) })),
  },
  responses: { 200: json(memberSchema, "Changed"), ...refusals },
});
export const removeMember = createRoute({
  method: "delete",
  path: "/v1/members/{id}",
  tags: ["Settings"],
  summary: "Remove a member",
  ...needs("members.write"),
  request: { params: idParam("usr") },
  responses: { 204: noContent, ...refusals },
});

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
          secrets: z.record(z.enum(["password", "api_key", "webhook_secret"]), z.string().max(500)),
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

export const auditSchema = z
  .object({
    id: idSchema("aud"),
    actor: z.string(),
    actor_name: z.string(),
    action: z.string(),
    subject: z.string(),
    ip: z.string(),
    before: z.record(z.string(), z.unknown()).nullable(),
    after: z.record(z.string(), z.unknown()).nullable(),
    at: moment,
  })
  .openapi("AuditEntry");
export const listAudit = createRoute({
  method: "get",
  path: "/v1/audit-log",
  tags: ["Settings"],
  summary: "Who changed what, newest first",
  ...needs("audit.read"),
  request: { query: pageQuery.extend({ subject: z.string().max(80).optional() }) },
  responses: { 200: json(pageOf(auditSchema), "Entries"), ...refusals },
});
