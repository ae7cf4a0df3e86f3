/** Twilio's webhooks in our words: what became of a message, and what people write back (docs: messaging/guides). */
import { idText } from "#domain/id-schema";
import type { ProviderEvent, Reply, WebhookRequest } from "#domain/sending/provider";
import { optedOutCode } from "./answer.ts";

type Verdict = Pick<ProviderEvent, "kind" | "bounce">;

/** Absent: what says nothing new about a message of ours (`receiving`, `partially_delivered`). */
const statuses: Readonly<Record<string, Verdict>> = {
  accepted: { kind: "accepted" },
  scheduled: { kind: "accepted" },
  queued: { kind: "accepted" },
  sending: { kind: "accepted" },
  sent: { kind: "accepted" },
  delivered: { kind: "delivered" },
  read: { kind: "delivered" },
  undelivered: { kind: "bounced", bounce: "soft" },
  failed: { kind: "failed" },
  canceled: { kind: "failed" },
};
/** Error codes that say more than the status. A handset that is off is no reason to give a number up. */
const bounces: Readonly<Record<number, ProviderEvent["bounce"]>> = {
  21211: "hard", // no valid number
  21614: "hard", // not a mobile number
  30003: "soft", // unreachable
  30004: "block", // blocked by the receiving side
  30005: "hard", // unknown handset
  30006: "hard", // landline
  30007: "block", // filtered by the carrier
  30008: "soft", // unknown error
  30034: "block", // sender not registered (A2P 10DLC)
};

/** Those which Twilio itself answers and obeys, unless it was told otherwise (docs: support for SMS keywords). */
const twiliosOwn: Readonly<Record<string, Reply["optOut"]>> = {
  stop: "stop",
  stopall: "stop",
  unsubscribe: "stop",
  cancel: "stop",
  end: "stop",
  quit: "stop",
  revoke: "stop",
  optout: "stop",
  start: "start",
  unstop: "start",
  yes: "start",
  help: "help",
  info: "help",
};

const messageId = idText("msg");

export function parseTwilioReport(request: WebhookRequest): readonly ProviderEvent[] {
  const query = URL.canParse(request.url) ? new URL(request.url).searchParams : new URLSearchParams();
  const fields = request.method === "GET" ? query : new URLSearchParams(request.rawBody);
  const sid = (fields.get("MessageSid") ?? fields.get("SmsSid") ?? "").slice(0, 120);
  if (sid === "") return [];
  const status = (fields.get("MessageStatus") ?? fields.get("SmsStatus") ?? "").toLowerCase();
  if (fields.has("Body") && (status === "" || status === "received")) return [replied(sid, fields)];
  return reported(sid, status, fields, query);
}

function reported(
  sid: string,
  status: string,
  fields: URLSearchParams,
  query: URLSearchParams,
): readonly ProviderEvent[] {
  const verdict = statuses[status];
  if (!verdict) return [];
  const code = Number(fields.get("ErrorCode") ?? 0);
  const bounce = verdict.kind === "bounced" || verdict.kind === "failed" ? bounces[code] : undefined;
  const event: ProviderEvent = {
    ...verdict,
    ...(bounce ? { kind: "bounced", bounce } : {}),
    // One message meets each status once; what is told twice is the same.
    providerEventId: `${sid}:${status}`,
    messageId: messageId.safeParse(query.get("mid")).data,
    providerMessageId: sid,
    atMs: Number.POSITIVE_INFINITY,
    recipient: fields.get("To") ?? undefined,
    detail: code ? [code, fields.get("ErrorMessage")].filter(Boolean).join(": ").slice(0, 500) : undefined,
  };
  if (code !== optedOutCode) return [event];
  return [event, { ...event, kind: "unsubscribed", bounce: undefined, providerEventId: `${sid}:opted-out` }];
}

function replied(sid: string, fields: URLSearchParams): ProviderEvent {
  const text = fields.get("Body") ?? "";
  return {
    providerEventId: sid,
    messageId: undefined,
    providerMessageId: sid,
    kind: "replied",
    atMs: Number.POSITIVE_INFINITY,
    reply: {
      from: fields.get("From") ?? "",
      to: fields.get("To") ?? "",
      text,
      optOut: optOutOf(fields.get("OptOutType")) ?? twiliosOwn[text.trim().toLowerCase()],
    },
  };
}

function optOutOf(type: string | null): Reply["optOut"] {
  const word = type?.toLowerCase();
  return word === "stop" || word === "start" || word === "help" ? word : undefined;
}
