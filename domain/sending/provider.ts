/** What the sending engine needs of a provider; adapters in queues/providers fit it. */
import type { ConnectionId, MessageId, TenantId } from "../ids.ts";

export const providerKinds = ["sandbox", "smtp", "resend"] as const;
export type ProviderKind = (typeof providerKinds)[number];

export type Address = { readonly email: string; readonly name?: string | undefined };

/** One rendered e-mail for one recipient. */
export type OutgoingEmail = {
  readonly messageId: MessageId;
  readonly from: Address;
  readonly replyTo?: Address | undefined;
  readonly to: Address;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** Extra header fields, ASCII names; List-Unsubscribe among them. */
  readonly headers: Readonly<Record<string, string>>;
};

/** What became of one recipient in one call. */
export type Outcome =
  | { readonly kind: "accepted"; readonly providerMessageId: string }
  /** Refused for good: trying again cannot help. */
  | { readonly kind: "failed"; readonly reason: string }
  /** Certainly not taken; trying later may help. */
  | { readonly kind: "deferred"; readonly reason: string; readonly retryAfterMs?: number | undefined }
  /** The request left and no answer came: it may have been taken. */
  | { readonly kind: "unknown"; readonly reason: string };

/** Nothing of the batch was taken, for a reason that concerns the whole connection. */
export type Refusal =
  | { readonly kind: "rate_limited"; readonly retryAfterMs: number; readonly reason: string }
  | { readonly kind: "quota_spent"; readonly resetsInMs: number; readonly reason: string }
  | { readonly kind: "unavailable"; readonly reason: string }
  /** Credentials, sender or account refused: a person must act. */
  | { readonly kind: "rejected"; readonly reason: string };

export type BatchResult =
  | { readonly kind: "settled"; readonly outcomes: readonly Outcome[] }
  | { readonly kind: "refused"; readonly refusal: Refusal };

export type ProviderTraits = {
  /** Most recipients one call takes. */
  readonly maxBatch: number;
  /** The same key with the same payload, within 24 hours, yields the stored answer and no second mail. */
  readonly idempotent: boolean;
  /** Whether the provider reports by webhook what became of a message, with our message id in it. */
  readonly evidence: "webhook" | "none";
  /** Recipients a second to begin with, until the provider says otherwise. */
  readonly defaultRatePerSecond: number;
};

export type SendOptions = { readonly idempotencyKey: string; readonly timeoutMs: number };

export type EmailProvider = {
  readonly kind: ProviderKind;
  readonly traits: ProviderTraits;
  /** Never throws: a lost answer is an outcome. `outcomes` stand in the order of `batch`. */
  send(batch: readonly OutgoingEmail[], options: SendOptions): Promise<BatchResult>;
  /** Proves the credentials without sending to anyone. */
  verify(): Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: string }>;
};

/** What a provider reports, already in our words. */
export type ProviderEvent = {
  /** The provider's own id of this event: the key that makes repeats harmless. */
  readonly providerEventId: string;
  readonly messageId: MessageId | undefined;
  readonly providerMessageId: string | undefined;
  readonly kind:
    | "accepted"
    | "delivered"
    | "deferred"
    | "bounced"
    | "complained"
    | "opened"
    | "clicked"
    | "unsubscribed"
    | "failed";
  readonly atMs: number;
  readonly recipient?: string | undefined;
  /** For bounces: hard (the address is gone), soft (try later), block (the sender is the problem). */
  readonly bounce?: "hard" | "soft" | "block" | undefined;
  readonly detail?: string | undefined;
  readonly url?: string | undefined;
  readonly ip?: string | undefined;
  readonly userAgent?: string | undefined;
};

export type WebhookRequest = {
  readonly tenantId: TenantId;
  readonly connectionId: ConnectionId;
  readonly headers: Readonly<Record<string, string>>;
  readonly rawBody: string;
};
