/** What the sending engine needs of a provider; adapters in queues/providers fit it. */
import type { Channel } from "../contact/consent.ts";
import type { MessageId } from "../ids.ts";

export const providerKinds = [
  "sandbox",
  "smtp",
  "resend",
  "sendgrid",
  "ses",
  "postmark",
  "mailgun",
  "twilio",
  "sendmode",
] as const;
export type ProviderKind = (typeof providerKinds)[number];

/** What a connection of a kind may carry; the sandbox plays both. */
export const channelsOf = {
  sandbox: ["email", "sms"],
  smtp: ["email"],
  resend: ["email"],
  sendgrid: ["email"],
  ses: ["email"],
  postmark: ["email"],
  mailgun: ["email"],
  twilio: ["sms"],
  sendmode: ["sms"],
} as const satisfies Record<ProviderKind, readonly Channel[]>;

/** Whose adapters hand files on; the others refuse a message that has some before it is taken. */
const carriers: ReadonlySet<ProviderKind> = new Set([
  "sandbox",
  "smtp",
  "resend",
  "sendgrid",
  "ses",
  "postmark",
  "mailgun",
]);
export function carriesAttachments(kind: ProviderKind): boolean {
  return carriers.has(kind);
}

export type Address = { readonly email: string; readonly name?: string | undefined };

/** One rendered e-mail for one recipient. */
export type OutgoingEmail = {
  readonly channel?: "email";
  readonly messageId: MessageId;
  readonly from: Address;
  readonly replyTo?: Address | undefined;
  readonly to: Address;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  /** Extra header fields, ASCII names; List-Unsubscribe among them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly attachments?: readonly Attachment[] | undefined;
  /**
   * The same mail as a template and what fills it, for providers that take many recipients of one template per call.
   * Made when it is first asked for, so that other providers pay nothing.
   */
  readonly merge?: Merge | undefined;
};

export type Attachment = {
  readonly filename: string;
  readonly contentType: string;
  /** Base64 (RFC 4648 §4). */
  readonly content: string;
  /** Set where the HTML refers to it by `cid:`. */
  readonly contentId?: string | undefined;
};

/**
 * `template` is one object, shared by all mails of a run; replacing each key of `values` by its value, in all three
 * parts, gives the mail's own subject, html and text. No key occurs in any value or in static text.
 */
export type Merge = {
  readonly template: { readonly subject: string; readonly html: string; readonly text: string };
  readonly values: Readonly<Record<string, string>>;
};

/** One text message for one recipient. */
export type OutgoingSms = {
  readonly channel: "sms";
  readonly messageId: MessageId;
  /** A sender id, a number in E.164, or empty: the connection's own. */
  readonly from: string;
  /** E.164. */
  readonly to: string;
  readonly text: string;
};
export type Outgoing = OutgoingEmail | OutgoingSms;

/** What became of one recipient in one call. */
export type Outcome =
  | { readonly kind: "accepted"; readonly providerMessageId: string }
  /** Refused for good: trying again cannot help. */
  | {
      readonly kind: "failed";
      readonly reason: string;
      /** The provider knows that this person wants nothing more from us: so shall we. */
      readonly optedOut?: boolean;
    }
  /** Certainly not taken; trying later may help. */
  | {
      readonly kind: "deferred";
      readonly reason: string;
      readonly retryAfterMs?: number | undefined;
      /** Its turn in this call never came: the try does not count. */
      readonly untried?: true;
    }
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

export type Provider<M extends Outgoing = Outgoing> = {
  readonly kind: ProviderKind;
  readonly traits: ProviderTraits;
  /** Never throws: a lost answer is an outcome. `outcomes` stand in the order of `batch`. */
  send(batch: readonly M[], options: SendOptions): Promise<BatchResult>;
  /** Proves the credentials without sending to anyone. */
  verify(): Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: string }>;
};
export type EmailProvider = Provider<OutgoingEmail>;
export type SmsProvider = Provider<OutgoingSms>;

/** What a provider reports, already in our words. */
export type ProviderEvent = {
  /** The provider's own id of this event: the key that makes repeats harmless. Empty where a reply has none. */
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
    | "failed"
    /** A person wrote back: `reply` says what. It names no message of ours. */
    | "replied";
  /** Infinity where the provider names no moment: then that of its arrival counts. */
  readonly atMs: number;
  readonly recipient?: string | undefined;
  /** For bounces: hard (the address is gone), soft (try later), block (the sender is the problem). */
  readonly bounce?: "hard" | "soft" | "block" | undefined;
  readonly detail?: string | undefined;
  readonly url?: string | undefined;
  readonly ip?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly reply?: Reply | undefined;
};

/** What came back by text message. `optOut`: the provider itself already acted on the keyword. */
export type Reply = {
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly optOut?: "stop" | "start" | "help" | undefined;
};

/** A report as it stood on the wire. Header names in lower case. */
export type WebhookRequest = {
  readonly method: string;
  /** The whole address the provider called, query included: some sign it. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly rawBody: string;
};
