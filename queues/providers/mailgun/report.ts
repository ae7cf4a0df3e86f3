/** Mailgun's webhooks (docs: webhooks/securing-webhooks, webhooks/webhook-payloads): genuine or not, and in our words. */
import { z } from "zod";
import { idText } from "#domain/id-schema";
import type { ProviderEvent } from "#domain/sending/provider";
import { isSameSecret } from "../constant-time.ts";
import { jsonOrUndefined } from "../wire.ts";
import { bounceOf } from "./bounce.ts";

const signed = z.object({
  signature: z.object({
    timestamp: z
      .union([z.string(), z.number()])
      .transform(String)
      .pipe(z.string().regex(/^\d{1,12}$/)),
    token: z.string().min(1).max(200),
    signature: z.string(),
    // Of the main account, where the event is of a subaccount.
    "parent-signature": z.string().optional().catch(undefined),
  }),
});

/** Mailgun repeats a report for seven and a half hours, and nothing says that it signs it anew. */
const oldestMs = 12 * 3_600_000;
const newestMs = 5 * 60_000;

/**
 * What is signed is a moment and a token, not the event. So a token speaks for one body alone, as far as this isolate
 * remembers; the same body again is a repetition, which the event's own id makes harmless.
 */
const bodies = new Map<string, string>();
const maxBodies = 5_000;

export async function isMailgunReport(rawBody: string, signingKey: string, nowMs: number): Promise<boolean> {
  const parsed = signed.safeParse(jsonOrUndefined(rawBody));
  if (!parsed.success || signingKey === "") return false;
  const { timestamp, token, signature, "parent-signature": parent } = parsed.data.signature;
  const ageMs = nowMs - Number(timestamp) * 1_000;
  if (ageMs > oldestMs || ageMs < -newestMs) return false;
  const wanted = await hexHmac(signingKey, `${timestamp}${token}`);
  const isSigned =
    (await isSameSecret(signature.toLowerCase(), wanted)) ||
    (parent !== undefined && (await isSameSecret(parent.toLowerCase(), wanted)));
  if (!isSigned) return false;
  const known = bodies.get(wanted);
  const event = await hexHmac(signingKey, eventText(rawBody));
  if (known === undefined) {
    if (bodies.size >= maxBodies) bodies.clear();
    bodies.set(wanted, event);
  }
  return known === undefined || known === event;
}

const eventText = (rawBody: string): string =>
  JSON.stringify(
    (jsonOrUndefined(rawBody) as { "event-data"?: unknown } | undefined)?.["event-data"] ?? null,
  );

async function hexHmac(key: string, text: string): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", encoder.encode(key), algorithm, false, ["sign"]);
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", imported, encoder.encode(text)));
  return Array.from(mac, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const text = z.string().optional().catch(undefined);

const report = z.object({
  "event-data": z.object({
    event: z.string(),
    id: z.string().min(1),
    timestamp: z.number(),
    recipient: text,
    severity: text,
    reason: text,
    "delivery-status": z
      .object({
        code: z.number().optional().catch(undefined),
        "enhanced-code": text,
        message: text,
        description: text,
      })
      .optional()
      .catch(undefined),
    "user-variables": z.record(z.string(), z.unknown()).optional().catch(undefined),
    message: z
      .object({ headers: z.object({ "message-id": text }) })
      .optional()
      .catch(undefined),
    url: text,
    ip: text,
    "client-info": z.object({ "user-agent": text }).optional().catch(undefined),
  }),
});
type EventData = z.output<typeof report>["event-data"];

const kinds: Readonly<Record<string, ProviderEvent["kind"]>> = {
  accepted: "accepted",
  delivered: "delivered",
  rejected: "failed",
  complained: "complained",
  unsubscribed: "unsubscribed",
  opened: "opened",
  clicked: "clicked",
};

const messageId = idText("msg");

export function parseMailgunReport(rawBody: string): readonly ProviderEvent[] {
  const parsed = report.safeParse(jsonOrUndefined(rawBody));
  if (!parsed.success) return [];
  const event = parsed.data["event-data"];
  const status = event["delivery-status"];
  const told = {
    messageId: messageId.safeParse(event["user-variables"]?.mid).data,
    providerMessageId: event.message?.headers["message-id"],
    atMs: Math.round(event.timestamp * 1_000),
    recipient: event.recipient,
    detail:
      [event.reason, status?.code, status?.description || status?.message]
        .filter(Boolean)
        .join(": ")
        .slice(0, 500) || undefined,
    url: event.url,
    ip: event.ip,
    userAgent: event["client-info"]?.["user-agent"],
  };
  return verdictsOn(event).map((verdict, i) => ({
    ...told,
    ...verdict,
    providerEventId: i === 0 ? event.id : `${event.id}:${verdict.kind}`,
  }));
}

function verdictsOn(event: EventData): Pick<ProviderEvent, "kind" | "bounce">[] {
  if (event.event !== "failed") {
    const kind = kinds[event.event];
    return kind ? [{ kind }] : [];
  }
  if (event.severity === "temporary") return [{ kind: "deferred" }];
  const status = event["delivery-status"];
  // On Mailgun's own lists: not sent, and what put them there is told as well.
  if (event.reason === "suppress-complaint") return [{ kind: "complained" }];
  if (event.reason === "suppress-unsubscribe") return [{ kind: "failed" }, { kind: "unsubscribed" }];
  const bounce = bounceOf({
    reason: event.reason ?? "",
    code: status?.code,
    enhanced: status?.["enhanced-code"] ?? "",
    words: `${status?.message ?? ""} ${status?.description ?? ""}`,
  });
  return [{ kind: "bounced", bounce }];
}
