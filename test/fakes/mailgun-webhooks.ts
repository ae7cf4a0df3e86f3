/** Mailgun's reports: signed by moment and token, one event a post, posted again unless answered with 200 or 406. */
import { createHmac, randomBytes } from "node:crypto";
import { reportDesk } from "./far-end-desk.ts";
import type { TakenMail } from "./mailgun.ts";

export type MailgunEvent =
  | "accepted"
  | "delivered"
  | "failed"
  | "rejected"
  | "complained"
  | "unsubscribed"
  | "opened"
  | "clicked"
  | "stored";

export function mailgunSignature(signingKey: string, timestamp: string, token: string): string {
  return createHmac("sha256", signingKey).update(`${timestamp}${token}`).digest("hex");
}

export function mailgunHooks(now: () => number) {
  const desk = reportDesk((status) => status === 200 || status === 406);
  const urls: string[] = [];
  const signingKey = `key-${randomBytes(16).toString("hex")}`;
  return {
    reports: desk.reports,
    deliver: desk.deliver,
    signingKey,
    register: (url: string) => void urls.push(url),
    note(event: MailgunEvent, mail: TakenMail, details: Readonly<Record<string, unknown>> = {}) {
      const timestamp = String(Math.floor(now() / 1_000));
      const token = randomBytes(25).toString("hex");
      const body = {
        signature: { timestamp, token, signature: mailgunSignature(signingKey, timestamp, token) },
        "event-data": eventData(event, mail, now(), details),
      };
      return urls.map((url) =>
        desk.note(url, JSON.stringify(body), () => ({ "user-agent": "mailgun/treq-15.1.0" })),
      );
    },
  };
}

function eventData(event: MailgunEvent, mail: TakenMail, atMs: number, details: object) {
  const reader = {
    ip: "198.18.0.9",
    "client-info": { "client-type": "browser", "user-agent": "Mozilla/5.0" },
    geolocation: { country: "IE", region: "Unknown", city: "Dublin" },
  };
  const failure = {
    severity: "permanent",
    reason: "bounce",
    "delivery-status": {
      "attempt-no": 1,
      code: 550,
      "enhanced-code": "5.1.1",
      message: "The email account that you tried to reach does not exist",
      description: "",
    },
  };
  return {
    id: randomBytes(16).toString("base64url"),
    event,
    timestamp: atMs / 1_000,
    "log-level": event === "failed" ? "error" : "info",
    recipient: mail.recipient,
    "recipient-domain": mail.recipient.slice(mail.recipient.lastIndexOf("@") + 1),
    tags: [],
    campaigns: [],
    "user-variables": mail.variables,
    flags: { "is-authenticated": true, "is-routed": false, "is-system-test": false, "is-test-mode": false },
    message: {
      headers: { from: mail.from, to: mail.recipient, subject: mail.subject, "message-id": mail.id },
    },
    ...(event === "failed" ? failure : {}),
    ...(event === "opened" || event === "clicked" || event === "unsubscribed" ? reader : {}),
    ...(event === "clicked" ? { url: "https://shop.example/sale" } : {}),
    ...details,
  };
}
