/** Contracts: connections to providers. */
import { createRoute, z } from "@hono/zod-openapi";
import { type Channel, channels } from "#domain/contact/consent";
import { connectionKinds, secretNames } from "#domain/sending/connection-kinds";
import { mailboxGroups } from "#domain/sending/mailbox-group";
import { channelsOf, type ProviderKind, providerKinds } from "#domain/sending/provider";
import { warmUp } from "#domain/sending/warm-up";
import { body, idParam, idSchema, json, moment, needs, noContent, refusals } from "../contract.ts";

export const connectionSchema = z
  .object({
    id: idSchema("cxn"),
    kind: z.enum(providerKinds),
    channel: z.enum(channels),
    name: z.string(),
    settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    rate_per_second: z.int(),
    is_default: z.boolean(),
    weight: z.int(),
    warm_up: warmUp.nullable(),
    webhook_url: z.string(),
    verified_at: moment.nullable(),
    last_error: z.string(),
    created_at: moment,
  })
  .openapi("Connection");
const rate = z.int().min(1).max(100_000);
const weight = z.int().min(0).max(100);
const named = {
  name: z.string().trim().min(1).max(120),
  rate_per_second: rate.optional(),
  /** Share of what goes out where no connection is named; 0 stands by until the others fail. */
  weight: weight.default(1),
  warm_up: warmUp.nullable().default(null),
};

/** Secrets stand beside the settings; which there are depends on the kind. */
function variant<K extends ProviderKind>(kind: K) {
  const { settings, secrets } = connectionKinds[kind];
  return z.object({
    kind: z.literal(kind),
    ...named,
    channel: z.enum(channelsOf[kind] as readonly [Channel, ...Channel[]]).optional(),
    settings: (settings as z.ZodObject).prefault({}) as unknown as (typeof connectionKinds)[K]["settings"],
    ...(secrets.shape as (typeof connectionKinds)[K]["secrets"]["shape"]),
  });
}
export const createConnectionBody = z.discriminatedUnion("kind", [
  variant("sandbox"),
  variant("smtp"),
  variant("resend"),
  variant("sendgrid"),
  variant("ses"),
  variant("postmark"),
  variant("mailgun"),
  variant("twilio"),
  variant("sendmode"),
]);
/** How a connection is doing at this moment; kept by its limiter, gone with it. */
const healthSchema = z
  .object({
    /** `refused`: a person must act (`last_error`). `resting` after trouble, then `on_trial` with a few messages. */
    state: z.enum(["healthy", "resting", "on_trial", "slowed_down", "quota_spent", "refused"]),
    until: moment.nullable(),
    /** Null where no warm-up limits the day. Days are UTC. */
    warm_up: z.object({ sent_today: z.int(), allowed_today: z.int(), done_on: z.iso.date() }).nullable(),
    /** Mailboxes that put off too many messages, with their pace now and before. */
    slowed: z.array(
      z.object({
        mailboxes: z.enum(mailboxGroups),
        rate_per_second: z.number(),
        before_per_second: z.number(),
      }),
    ),
    /** What the provider refused lately, newest first. */
    troubles: z.array(z.object({ at: moment, kind: z.string(), reason: z.string() })),
  })
  .openapi("ConnectionHealth");
export const connectionHealth = createRoute({
  method: "get",
  path: "/v1/connections/{id}/health",
  tags: ["Connections"],
  summary: "How a connection is doing: state, warm-up, mailboxes that slow it down, recent errors",
  ...needs("settings.read"),
  request: { params: idParam("cxn") },
  responses: { 200: json(healthSchema, "At this moment"), ...refusals },
});
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
          weight,
          warm_up: warmUp.nullable(),
          secrets: z.partialRecord(z.enum(secretNames), z.string().max(500)),
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
