/** The sandbox as a provider: mail lies in a Durable Object, which plays its recipients and reports like any other. */
import { z } from "zod";
import { idText } from "#domain/id-schema";
import type { BatchResult, Outgoing, Provider, ProviderEvent } from "#domain/sending/provider";
import { withDeadline } from "../deadline.ts";
import type { MailboxIdentity, SandboxMailbox } from "../objects/sandbox-mailbox.ts";
import type { Adapter } from "./adapter.ts";
import type { Connection, Settings } from "./connection.ts";
import { verifyWebhook } from "./standard-webhooks.ts";
import { errorText, jsonOrUndefined, wireHeaders } from "./wire.ts";

/** What the adapter asks of the Durable Object; an answer may be lost on the way. */
export type Mailbox = {
  accept(identity: MailboxIdentity, batch: readonly Outgoing[], key: string): Promise<unknown>;
  ping(identity: MailboxIdentity): Promise<unknown>;
};

/** `idempotency: false` and `evidence: false` make it behave like providers that lack them. */
export function sandboxTraits(settings: Settings) {
  return {
    maxBatch: 100,
    idempotent: settings.idempotency !== false,
    evidence: settings.evidence === false ? "none" : "webhook",
    defaultRatePerSecond: 5_000,
  } as const;
}

export function mailboxOf(
  env: Pick<Env, "SANDBOX_MAILBOX">,
  connection: Pick<Connection, "tenantId" | "id">,
): DurableObjectStub<SandboxMailbox> {
  return env.SANDBOX_MAILBOX.getByName(`${connection.tenantId}:${connection.id}`);
}

export function openSandbox(deps: { readonly env: Env }, connection: Connection): Provider {
  return sandboxProvider(mailboxOf(deps.env, connection), connection);
}

export function sandboxProvider(mailbox: Mailbox, connection: Connection): Provider {
  const traits = sandboxTraits(connection.settings);
  const identity: MailboxIdentity = {
    tenantId: connection.tenantId,
    connectionId: connection.id,
    idempotent: traits.idempotent,
    evidence: traits.evidence === "webhook",
    webhookSecret: connection.secrets.webhook_secret ?? "",
  };
  return {
    kind: "sandbox",
    traits,
    async send(batch, options): Promise<BatchResult> {
      const mails = batch.map(plain);
      try {
        const call = mailbox.accept(identity, mails, options.idempotencyKey);
        return (await withDeadline(call, options.timeoutMs)) as BatchResult;
      } catch (error) {
        // The mailbox may have stored the mails before the answer was lost.
        const reason = errorText(error);
        return { kind: "settled", outcomes: batch.map(() => ({ kind: "unknown", reason })) };
      }
    },
    async verify() {
      try {
        await withDeadline(mailbox.ping(identity), 10_000);
        return { ok: true };
      } catch (error) {
        return { ok: false, reason: errorText(error) };
      }
    },
  };
}

/** Only the declared fields, so that the same mail always has the same digest. */
function plain(mail: Outgoing): Outgoing {
  if (mail.channel === "sms") {
    const { channel, messageId, from, to, text } = mail;
    return { channel, messageId, from, to, text };
  }
  const { messageId, from, replyTo, to, subject, html, text } = mail;
  return { messageId, from, replyTo, to, subject, html, text, headers: wireHeaders(mail) };
}

/** One POST carries several events. */
export const sandboxReport = z.object({
  events: z.array(
    z.object({
      id: z.string().min(1).max(100),
      type: z.enum(["delivered", "bounced", "complained", "replied"]),
      mail_id: z.string(),
      message_id: z.string(),
      recipient: z.string(),
      at: z.iso.datetime(),
      detail: z.string().optional(),
      /** Of a reply: to whom, and what. */
      to: z.string().optional(),
      text: z.string().optional(),
    }),
  ),
});
export type SandboxReport = z.output<typeof sandboxReport>;

const messageId = idText("msg");

export function parseSandboxReport(rawBody: string): readonly ProviderEvent[] {
  const report = sandboxReport.safeParse(jsonOrUndefined(rawBody));
  if (!report.success) return [];
  return report.data.events.map((event) => ({
    providerEventId: event.id,
    messageId: event.type === "replied" ? undefined : messageId.safeParse(event.message_id).data,
    providerMessageId: event.mail_id,
    kind: event.type,
    atMs: Date.parse(event.at),
    recipient: event.recipient,
    bounce: event.type === "bounced" ? "hard" : undefined,
    detail: event.detail,
    ...(event.type === "replied"
      ? { reply: { from: event.recipient, to: event.to ?? "", text: event.text ?? "" } }
      : {}),
  }));
}

export const sandboxAdapter: Adapter = {
  kind: "sandbox",
  // A call to a Durable Object is not one of the six connections.
  usesConnections: false,
  traits: sandboxTraits,
  open: openSandbox,
  verifyReport: async ({ headers, rawBody }, { secrets }, { now }) =>
    Boolean(secrets.webhook_secret) &&
    verifyWebhook(
      secrets.webhook_secret ?? "",
      {
        id: headers["webhook-id"] ?? "",
        timestamp: headers["webhook-timestamp"] ?? "",
        signature: headers["webhook-signature"] ?? "",
      },
      rawBody,
      now(),
    ),
  parseReport: ({ rawBody }) => parseSandboxReport(rawBody),
};
