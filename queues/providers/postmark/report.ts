/** Postmark's webhooks in our words (docs: webhooks/*). They carry no signature: a password guards the address. */
import { z } from "zod";
import { idText } from "#domain/id-schema";
import type { ProviderEvent } from "#domain/sending/provider";
import { isSameSecret } from "../constant-time.ts";
import { jsonOrUndefined } from "../wire.ts";

/** The user name in the address that is pasted at Postmark. */
export const reportUser = "larkpost";

/** `authorization`: the header as it came. Without a secret nothing can be told from a forgery. */
export async function isPostmarkReport(authorization: string, secret: string): Promise<boolean> {
  const given = /^basic +([A-Za-z0-9+/=]+)$/i.exec(authorization.trim())?.[1];
  if (!given || secret === "") return false;
  return isSameSecret(given, base64(`${reportUser}:${secret}`));
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

const text = z.string().optional().catch(undefined);

const report = z.object({
  RecordType: z.string(),
  ID: z.union([z.number(), z.string()]).optional().catch(undefined),
  MessageID: text,
  Recipient: text,
  Email: text,
  Metadata: z.record(z.string(), z.unknown()).optional().catch(undefined),
  DeliveredAt: text,
  BouncedAt: text,
  ReceivedAt: text,
  ChangedAt: text,
  Type: text,
  Description: text,
  Details: text,
  OriginalLink: text,
  UserAgent: text,
  Geo: z.object({ IP: text }).optional().catch(undefined),
  SuppressSending: z.boolean().optional().catch(undefined),
  SuppressionReason: text,
  Origin: text,
});
type Report = z.output<typeof report>;
type Verdict = Pick<ProviderEvent, "kind" | "bounce">;

/** Types of bounces (docs: api/bounce-api, bounce types). Absent: what says nothing about a mail of ours. */
const bounces: Readonly<Record<string, Verdict>> = {
  HardBounce: { kind: "bounced", bounce: "hard" },
  BadEmailAddress: { kind: "bounced", bounce: "hard" },
  ManuallyDeactivated: { kind: "bounced", bounce: "hard" },
  // Blocked by the receiving side for content or reputation: the address itself may be in order.
  Blocked: { kind: "bounced", bounce: "block" },
  DMARCPolicy: { kind: "bounced", bounce: "block" },
  VirusNotification: { kind: "bounced", bounce: "block" },
  SoftBounce: { kind: "bounced", bounce: "soft" },
  Unknown: { kind: "bounced", bounce: "soft" },
  Unconfirmed: { kind: "bounced", bounce: "soft" },
  // Postmark goes on trying.
  Transient: { kind: "deferred" },
  DnsError: { kind: "deferred" },
  OpenRelayTest: { kind: "deferred" },
  SpamNotification: { kind: "complained" },
  SpamComplaint: { kind: "complained" },
  Unsubscribe: { kind: "unsubscribed" },
  SMTPApiError: { kind: "failed" },
  TemplateRenderingFailed: { kind: "failed" },
};

function verdictOn(told: Report): Verdict | undefined {
  switch (told.RecordType) {
    case "Delivery":
      return { kind: "delivered" };
    case "Bounce":
      return bounces[told.Type ?? ""];
    case "SpamComplaint":
      return { kind: "complained" };
    case "Open":
      return { kind: "opened" };
    case "Click":
      return { kind: "clicked" };
    case "SubscriptionChange":
      // Suppressed after a bounce or a complaint: those have reports of their own. Resubscribing is ours to decide.
      return told.SuppressSending &&
        told.SuppressionReason === "ManualSuppression" &&
        told.Origin === "Recipient"
        ? { kind: "unsubscribed" }
        : undefined;
    default:
      return undefined;
  }
}

const messageId = idText("msg");

export function parsePostmarkReport(rawBody: string): readonly ProviderEvent[] {
  const parsed = report.safeParse(jsonOrUndefined(rawBody));
  if (!parsed.success) return [];
  const told = parsed.data;
  const verdict = verdictOn(told);
  const at = told.DeliveredAt ?? told.BouncedAt ?? told.ReceivedAt ?? told.ChangedAt ?? "";
  const atMs = Date.parse(at);
  if (!verdict || !Number.isFinite(atMs)) return [];
  const recipient = told.Recipient ?? told.Email;
  return [
    {
      ...verdict,
      // Bounces and complaints have an id. The others are told apart by what cannot change when they are told again.
      providerEventId:
        told.ID !== undefined
          ? `${told.RecordType}:${told.ID}`
          : [told.RecordType, told.MessageID, recipient, at, told.OriginalLink].join(":"),
      messageId: messageId.safeParse(told.Metadata?.mid).data,
      providerMessageId: told.MessageID,
      atMs,
      recipient,
      detail:
        [told.Type, told.Description, told.Details].filter(Boolean).join(": ").slice(0, 500) || undefined,
      url: told.OriginalLink,
      ip: told.Geo?.IP,
      userAgent: told.UserAgent,
    },
  ];
}
