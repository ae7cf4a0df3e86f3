/** What each kind of connection is told when it is made: settings that may be seen, and secrets that are sealed. */
import { z } from "zod";
import type { ProviderKind } from "./provider.ts";

const secret = z.string().max(500);
const needed = secret.min(1);
const optional = secret.default("");
const baseUrl = (url: string) => z.url().max(300).default(url);
const short = z.string().trim().max(254);
/** What one segment costs the tenant, for estimates: their contract with the provider knows, we do not. */
const pricing = {
  price_per_segment: z.number().min(0).max(100).default(0),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default("EUR"),
};

/** `secrets` names what may be given and later replaced; the sandbox makes its own. */
export const connectionKinds = {
  sandbox: {
    /** `idempotency: false` and `evidence: false` make it behave like providers that lack them. */
    settings: z.object({ idempotency: z.boolean().default(true), evidence: z.boolean().default(true) }),
    secrets: z.object({}),
  },
  smtp: {
    settings: z.object({
      host: z.string().min(1).max(253),
      port: z.int().min(1).max(65_535),
      security: z.enum(["none", "starttls", "tls"]).default("starttls"),
      username: z.string().max(254).default(""),
    }),
    secrets: z.object({ password: optional }),
  },
  resend: {
    settings: z.object({ base_url: baseUrl("https://api.resend.com") }),
    secrets: z.object({ api_key: needed, webhook_secret: optional }),
  },
  sendgrid: {
    /** `webhook_secret`: the public key of the signed Event Webhook, base64 DER as SendGrid shows it. */
    settings: z.object({ base_url: baseUrl("https://api.sendgrid.com") }),
    secrets: z.object({ api_key: needed, webhook_secret: optional }),
  },
  ses: {
    settings: z.object({
      region: z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/),
      /** Another endpoint than the region's own. */
      base_url: z.union([z.url().max(300), z.literal("")]).default(""),
      configuration_set: short.default(""),
      /** The SNS topic whose notifications count; without it no report is believed. */
      topic_arn: z.string().max(300).default(""),
    }),
    secrets: z.object({ access_key_id: needed, secret_access_key: needed }),
  },
  postmark: {
    settings: z.object({
      base_url: baseUrl("https://api.postmarkapp.com"),
      message_stream: short.default("broadcast"),
    }),
    /** `webhook_secret`: the password of the Basic authentication in the webhook's address. */
    secrets: z.object({ api_key: needed, webhook_secret: optional }),
  },
  mailgun: {
    settings: z.object({ base_url: baseUrl("https://api.mailgun.net"), domain: z.string().min(1).max(253) }),
    /** `webhook_secret`: the HTTP webhook signing key. */
    secrets: z.object({ api_key: needed, webhook_secret: optional }),
  },
  twilio: {
    settings: z.object({
      base_url: baseUrl("https://api.twilio.com"),
      account_sid: z.string().regex(/^AC[0-9a-f]{32}$/i),
      /** A number in E.164 or a sender id; empty where a messaging service chooses. */
      from: short.default(""),
      messaging_service_sid: z.union([z.string().regex(/^MG[0-9a-f]{32}$/i), z.literal("")]).default(""),
      ...pricing,
    }),
    /** Also signs Twilio's webhooks. */
    secrets: z.object({ auth_token: needed }),
  },
  sendmode: {
    settings: z.object({
      /** Sendmode's interfaces differ by account (docs/providers.md). */
      generation: z.enum(["engage-3", "rest-2", "http"]).default("engage-3"),
      /** Empty: the generation's own. */
      base_url: z.union([z.url().max(300), z.literal("")]).default(""),
      sender_id: z.string().trim().min(1).max(15),
      username: short.default(""),
      ...pricing,
    }),
    /** `webhook_secret`: the unguessable part of the address delivery reports are posted to; made here when not given. */
    secrets: z.object({ api_key: optional, password: optional, webhook_secret: optional }),
  },
} as const satisfies Record<ProviderKind, { settings: z.ZodObject; secrets: z.ZodObject }>;

export const secretNames = [
  "password",
  "api_key",
  "webhook_secret",
  "access_key_id",
  "secret_access_key",
  "auth_token",
] as const;
export type SecretName = (typeof secretNames)[number];

export function secretsOf(kind: ProviderKind): readonly SecretName[] {
  return secretNames.filter((name) => name in connectionKinds[kind].secrets.shape);
}
