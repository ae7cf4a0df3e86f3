/** SendGrid's events in our words (docs: for-developers/tracking-events/event). */
import { z } from "zod";
import { idText } from "#domain/id-schema";
import type { ProviderEvent } from "#domain/sending/provider";
import { jsonOrUndefined } from "../wire.ts";
import { messageArg } from "./payload.ts";

const text = z.string().optional().catch(undefined);

const eventShape = z.object({
  event: z.string(),
  timestamp: z.coerce.number().positive(),
  email: text,
  sg_event_id: text,
  sg_message_id: text,
  reason: text,
  response: text,
  status: text,
  type: text,
  bounce_classification: text,
  url: text,
  ip: text,
  useragent: text,
  [messageArg]: text,
});
type Event = z.output<typeof eventShape>;

/** Absent: what concerns no mail of ours (`account_status_change`) and what is undone elsewhere (`group_resubscribe`). */
const kinds: Readonly<Record<string, ProviderEvent["kind"]>> = {
  processed: "accepted",
  delivered: "delivered",
  deferred: "deferred",
  bounce: "bounced",
  dropped: "failed",
  open: "opened",
  click: "clicked",
  spamreport: "complained",
  unsubscribe: "unsubscribed",
  group_unsubscribe: "unsubscribed",
};

const messageId = idText("msg");

/** Each event stands for itself: what is no event says nothing, and the others are heard. */
export function parseSendgridReport(rawBody: string): readonly ProviderEvent[] {
  const list = jsonOrUndefined(rawBody);
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry) => {
    const parsed = eventShape.safeParse(entry);
    return parsed.success ? eventsOf(parsed.data) : [];
  });
}

function eventsOf(event: Event): ProviderEvent[] {
  const kind = kinds[event.event];
  if (!kind) return [];
  const ours = messageId.safeParse(event[messageArg]).data;
  // `<X-Message-Id>.<host>…`; bounces that come by mail later carry none at all.
  const call = event.sg_message_id?.split(".")[0];
  const { sg_event_id: id, sg_message_id: about = "", timestamp, email = "" } = event;
  const said: ProviderEvent = {
    providerEventId: id ?? `${event.event}:${ours ?? about}:${email}:${timestamp}`,
    messageId: ours,
    providerMessageId: call && ours ? `${call}.${ours}` : call,
    kind,
    atMs: timestamp * 1_000,
    recipient: event.email,
    bounce: kind === "bounced" ? bounceOf(event) : undefined,
    detail: detailOf(event)?.slice(0, 500),
    url: event.url,
    ip: event.ip,
    userAgent: event.useragent,
  };
  return event.event === "dropped" ? whyDropped(said, event.reason ?? "") : [said];
}

/** SendGrid keeps lists of its own and sends nothing to those on them: what put them there is what we learn. */
function whyDropped(said: ProviderEvent, reason: string): ProviderEvent[] {
  if (/^(?:bounced address|invalid(?: address)?)$/i.test(reason))
    return [{ ...said, kind: "bounced", bounce: "hard" }];
  if (/^spam reporting address$/i.test(reason)) return [{ ...said, kind: "complained" }];
  if (/^unsubscribed address$/i.test(reason))
    return [said, { ...said, kind: "unsubscribed", providerEventId: `${said.providerEventId}:unsubscribed` }];
  return [said];
}

/**
 * `bounce` is SendGrid's word for an address it will not try again, `blocked` for one it will. What it says of the
 * cause comes first: the sender's content and reputation are no fault of the address.
 */
function bounceOf({ type, status = "", bounce_classification: cause }: Event): "hard" | "soft" | "block" {
  if (cause === "Content" || cause === "Reputation") return "block";
  if (cause === "Invalid Address") return "hard";
  // RFC 3463: X.7.X is policy, 4.X.X may pass, and 5.2.2 is a full mailbox.
  if (/^[45]\.7\./.test(status)) return "block";
  if (type === "blocked" || type === "expired" || status.startsWith("4") || status === "5.2.2") return "soft";
  return "hard";
}

function detailOf(event: Event): string | undefined {
  const words = [event.status, event.bounce_classification, event.reason ?? event.response];
  return words.filter(Boolean).join(": ") || undefined;
}
