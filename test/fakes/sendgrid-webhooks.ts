/** SendGrid's Event Webhook: many events a post, each on its own line, signed by ECDSA, brought again until 2xx. */
import { createSign, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import type { TakenMail } from "./sendgrid.ts";

export type SendgridEvent =
  | "processed"
  | "delivered"
  | "deferred"
  | "bounce"
  | "dropped"
  | "open"
  | "click"
  | "spamreport"
  | "unsubscribe"
  | "group_unsubscribe"
  | "group_resubscribe";

type Noted = { readonly event: Readonly<Record<string, unknown>>; posts: number; status: number | undefined };
export type EventEndpoint = {
  readonly id: string;
  readonly url: string;
  /** Base64 of the SPKI, as the dashboard shows it. */
  readonly publicKey: string;
  readonly privateKey: KeyObject;
  readonly noted: Noted[];
};

/** Bodies end with CRLF, and so does every event in them; the signature covers these bytes and no others. */
export const bodyOf = (events: readonly unknown[]) =>
  `[${events.map((event) => JSON.stringify(event)).join(",\r\n")}]\r\n`;

export function signatureHeaders(
  key: KeyObject,
  timestampSeconds: number,
  body: string,
): Record<string, string> {
  const timestamp = String(timestampSeconds);
  return {
    "content-type": "application/json",
    "user-agent": "SendGrid Event API",
    "x-twilio-email-event-webhook-timestamp": timestamp,
    "x-twilio-email-event-webhook-signature": createSign("sha256")
      .update(timestamp + body)
      .sign(key, "base64"),
  };
}

export function eventDesk(now: () => number) {
  const endpoints: EventEndpoint[] = [];
  const seconds = () => Math.floor(now() / 1_000);

  function register(url: string): EventEndpoint {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const spki = publicKey.export({ type: "spki", format: "der" }).toString("base64");
    const endpoint = { id: randomBytes(8).toString("hex"), url, publicKey: spki, privateKey, noted: [] };
    endpoints.push(endpoint);
    return endpoint;
  }

  async function post(endpoint: EventEndpoint, noted: readonly Noted[]): Promise<void> {
    const body = bodyOf(noted.map(({ event }) => event));
    const headers = signatureHeaders(endpoint.privateKey, seconds(), body);
    const answer = await fetch(endpoint.url, { method: "POST", headers, body }).catch(() => undefined);
    await answer?.body?.cancel();
    for (const one of noted) {
      one.posts++;
      one.status = answer?.status;
    }
  }

  return {
    endpoints,
    register,
    /** Notes an event for every endpoint; `details` may take fields away by setting them to undefined. */
    note(kind: SendgridEvent, mail: TakenMail, details: Readonly<Record<string, unknown>> = {}): void {
      const event = { ...eventBody(kind, mail, seconds()), ...details };
      for (const endpoint of endpoints) endpoint.noted.push({ event, posts: 0, status: undefined });
    },
    /** About the account, not about a mail: without an address. */
    noteAccount(type: string): void {
      const event = { event: "account_status_change", sg_event_id: eventId(), timestamp: seconds(), type };
      for (const endpoint of endpoints) endpoint.noted.push({ event, posts: 0, status: undefined });
    },
    /** Posts what was noted and not yet taken, at most `perPost` events together. */
    async deliver(
      options: { order?: "noted" | "reversed"; times?: number; perPost?: number } = {},
    ): Promise<void> {
      for (const endpoint of endpoints) {
        const waiting = endpoint.noted.filter(({ status }) => status === undefined || status >= 300);
        if (options.order === "reversed") waiting.reverse();
        const perPost = options.perPost ?? 200;
        for (let i = 0; i < waiting.length; i += perPost)
          for (let n = 0; n < (options.times ?? 1); n++) await post(endpoint, waiting.slice(i, i + perPost));
      }
    },
    forget: () => endpoints.forEach((endpoint) => void endpoint.noted.splice(0)),
  };
}

const eventId = () => randomBytes(32).toString("base64url");

function eventBody(kind: SendgridEvent, mail: TakenMail, timestamp: number): Record<string, unknown> {
  const common = {
    email: mail.to,
    timestamp,
    event: kind,
    sg_event_id: eventId(),
    sg_message_id: `${mail.callId}.recvd-6d9d7c9f4-x2x7k-1-6740A1B2-9.0`,
    // SendGrid sends one word or a list; both are common.
    category: mail.to.length % 2 === 0 ? "campaign" : ["campaign"],
    ...mail.customArgs,
  };
  const smtp = { "smtp-id": `<${mail.callId}@geopod-ismtpd-1>` };
  const reader = { useragent: "Mozilla/5.0 (X11; Linux x86_64)", ip: "198.18.0.9" };
  switch (kind) {
    case "processed":
      return { ...common, ...smtp, send_at: 0 };
    case "delivered":
      return { ...common, ...smtp, response: "250 2.0.0 OK", ip: "198.18.0.1", tls: 1 };
    case "deferred":
      return { ...common, ...smtp, response: "451 4.3.0 try again later", attempt: "3" };
    case "bounce": {
      const cause = { status: "5.1.1", type: "bounce", bounce_classification: "Invalid Address" };
      return { ...common, ...smtp, ...cause, reason: "550 5.1.1 no such user", tls: 1 };
    }
    case "dropped":
      return { ...common, ...smtp, reason: "Bounced Address", status: "5.0.0" };
    case "open":
      return { ...common, ...reader, sg_machine_open: false };
    case "click":
      return {
        ...common,
        ...reader,
        url: "https://shop.example/sale",
        url_offset: { index: 0, type: "html" },
      };
    case "group_unsubscribe":
    case "group_resubscribe":
      return { ...common, ...reader, url: "https://shop.example", asm_group_id: 7 };
    case "spamreport":
    case "unsubscribe":
      return common;
  }
}
