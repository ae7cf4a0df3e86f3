/** Sendmode's callbacks in our words: delivery reports and replies, by GET or POST, in query, form or JSON. */
import { idText } from "#domain/id-schema";
import type { ProviderEvent, WebhookRequest } from "#domain/sending/provider";
import { jsonOrUndefined } from "../wire.ts";

type Verdict = Pick<ProviderEvent, "kind" | "bounce">;
type Fields = ReadonlyMap<string, string>;

/** The documented words (httpdocs/httpdeliveryreports), and the plainer ones other generations may use. */
const statuses: Readonly<Record<string, Verdict>> = {
  DISPATCHED: { kind: "accepted" },
  SENT: { kind: "accepted" },
  DELIVRD: { kind: "delivered" },
  DELIVERED: { kind: "delivered" },
  // No report in time, or a handset that takes nothing now: neither says that the number is gone.
  EXPIRED: { kind: "bounced", bounce: "soft" },
  UNDELIV: { kind: "bounced", bounce: "soft" },
  UNDELIVERED: { kind: "bounced", bounce: "soft" },
  REJECTD: { kind: "failed" },
  REJECTED: { kind: "failed" },
  FAILED: { kind: "failed" },
  "OPTED OUT - BLOCKED": { kind: "failed" },
};
const optedOut = "OPTED OUT - BLOCKED";

const messageId = idText("msg");

export function parseSendmodeReport(request: WebhookRequest): readonly ProviderEvent[] {
  return bodiesOf(request).flatMap((fields) => {
    const status = (fields.get("status") ?? fields.get("deliverystatus") ?? "").trim().toUpperCase();
    return status === "" ? replied(fields) : reported(fields, status);
  });
}

function reported(fields: Fields, status: string): ProviderEvent[] {
  const verdict = statuses[status];
  if (!verdict) return [];
  const customerId = fields.get("customerid") ?? "";
  const phone = phoneOf(fields.get("phonenumber") ?? fields.get("mobilenumber") ?? "");
  const eventId = fields.get("eventid") ?? fields.get("requestid") ?? "";
  const event: ProviderEvent = {
    ...verdict,
    // An event's number stays over its statuses.
    providerEventId: `${eventId || customerId}:${phone}:${status}`,
    messageId: messageId.safeParse(customerId).data,
    providerMessageId: eventId || undefined,
    atMs: Number.POSITIVE_INFINITY,
    recipient: phone || undefined,
    detail: verdict.kind === "delivered" || verdict.kind === "accepted" ? undefined : status,
  };
  if (status !== optedOut) return [event];
  return [event, { ...event, kind: "unsubscribed", providerEventId: `${event.providerEventId}:left` }];
}

function replied(fields: Fields): ProviderEvent[] {
  const from = phoneOf(fields.get("mobilenumber") ?? fields.get("phonenumber") ?? fields.get("from") ?? "");
  const text = fields.get("command") ?? fields.get("message") ?? fields.get("messagetext");
  if (from === "" || text === undefined) return [];
  return [
    {
      // None is documented; where one comes all the same, it is used.
      providerEventId: fields.get("messageid") ?? fields.get("replyid") ?? fields.get("eventid") ?? "",
      messageId: undefined,
      providerMessageId: undefined,
      kind: "replied",
      atMs: Number.POSITIVE_INFINITY,
      reply: { from, to: fields.get("sentto") ?? fields.get("to") ?? "", text },
    },
  ];
}

/** Numbers come without their plus. */
function phoneOf(text: string): string {
  const bare = text.replace(/[\s()-]/g, "");
  return /^[1-9]\d{6,14}$/.test(bare) ? `+${bare}` : bare;
}

/** Names in lower case and without separators: `CustomerID`, `customer_id` and `customerid` are one. */
function bodiesOf(request: WebhookRequest): Fields[] {
  const query = URL.canParse(request.url) ? [...new URL(request.url).searchParams] : [];
  const json = jsonOrUndefined(request.rawBody);
  if (typeof json === "object" && json !== null)
    return (Array.isArray(json) ? json : [json]).map((one) => fieldsOf([...query, ...plainEntries(one)]));
  return [fieldsOf([...query, ...new URLSearchParams(request.rawBody)])];
}

function plainEntries(value: unknown): [string, string][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, one]): [string, string][] =>
    typeof one === "string" || typeof one === "number" ? [[name, String(one)]] : [],
  );
}

function fieldsOf(entries: readonly (readonly [string, string])[]): Fields {
  const shown = entries.filter(([name]) => name.toLowerCase() !== "token");
  return new Map(shown.map(([name, value]) => [name.toLowerCase().replace(/[_\s-]/g, ""), value]));
}
