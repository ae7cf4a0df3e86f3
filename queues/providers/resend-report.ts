/** Resend's webhook events in our words (docs: dashboard/webhooks/event-types). */
import { z } from "zod";
import { idText } from "#domain/id-schema";
import type { ProviderEvent } from "#domain/sending/provider";
import { jsonOrUndefined } from "./wire.ts";

const text = z.string().optional().catch(undefined);

const envelope = z.object({
  type: z.string(),
  created_at: text,
  data: z.object({
    email_id: text,
    to: z.array(z.string()).catch([]),
    // Flattened to an object in webhooks; older payloads carry the list that was sent.
    tags: z
      .union([z.record(z.string(), z.string()), z.array(z.object({ name: z.string(), value: z.string() }))])
      .optional()
      .catch(undefined),
    bounce: z.object({ message: text, type: text, subType: text }).optional().catch(undefined),
    click: z
      .object({ ipAddress: text, link: text, timestamp: text, userAgent: text })
      .optional()
      .catch(undefined),
    failed: z.object({ reason: text }).optional().catch(undefined),
    suppressed: z.object({ message: text, type: text }).optional().catch(undefined),
  }),
});
type Envelope = z.output<typeof envelope>;

/** Types that say nothing about a recipient (`email.scheduled`, `domain.updated`, …) are absent. */
const kinds: Readonly<Record<string, ProviderEvent["kind"]>> = {
  "email.sent": "accepted",
  "email.delivered": "delivered",
  "email.delivery_delayed": "deferred",
  "email.complained": "complained",
  "email.bounced": "bounced",
  "email.suppressed": "bounced",
  "email.opened": "opened",
  "email.clicked": "clicked",
  "email.failed": "failed",
};

const messageId = idText("msg");

export function parseResendReport(
  headers: Readonly<Record<string, string>>,
  rawBody: string,
): readonly ProviderEvent[] {
  const parsed = envelope.safeParse(jsonOrUndefined(rawBody));
  if (!parsed.success) return [];
  const { type, created_at, data } = parsed.data;
  const kind = kinds[type];
  const atMs = Date.parse(data.click?.timestamp ?? created_at ?? "");
  if (!kind || !Number.isFinite(atMs)) return [];
  return [
    {
      // svix-id stays the same over retries and replays.
      providerEventId: headers["svix-id"] ?? `${type}:${data.email_id}:${atMs}`,
      messageId: messageId.safeParse(tag(data.tags, "mid")).data,
      providerMessageId: data.email_id,
      kind,
      atMs,
      recipient: data.to[0],
      bounce: kind === "bounced" ? bounceOf(type, data.bounce) : undefined,
      detail: detailOf(data)?.slice(0, 500),
      url: data.click?.link,
      ip: data.click?.ipAddress,
      userAgent: data.click?.userAgent,
    },
  ];
}

function tag(tags: Envelope["data"]["tags"], name: string): string | undefined {
  if (Array.isArray(tags)) return tags.find((entry) => entry.name === name)?.value;
  return tags?.[name];
}

/** Resend passes on Amazon SES's types: Permanent is hard, Transient and Undetermined may pass. */
function bounceOf(type: string, bounce: Envelope["data"]["bounce"]): "hard" | "soft" | "block" {
  if (type === "email.suppressed") return "hard";
  const subType = bounce?.subType ?? "";
  if (subType === "ContentRejected" || subType === "AttachmentRejected") return "block";
  return bounce?.type === "Permanent" ? "hard" : "soft";
}

function detailOf(data: Envelope["data"]): string | undefined {
  const { bounce, failed, suppressed } = data;
  if (bounce) return [bounce.type, bounce.subType, bounce.message].filter(Boolean).join(": ");
  return failed?.reason ?? suppressed?.message;
}
