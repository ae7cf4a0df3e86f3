/** Postmark's reports: one event a post, Basic authentication from the address, posted again until 200 (or 403). */
import { reportDesk } from "./far-end-desk.ts";
import type { TakenMail } from "./postmark.ts";

export type PostmarkEvent = "Delivery" | "Bounce" | "Open" | "Click" | "SpamComplaint" | "SubscriptionChange";

const typeCodes: Readonly<Record<string, number>> = {
  HardBounce: 1,
  Transient: 2,
  Unsubscribe: 16,
  DnsError: 256,
  SpamNotification: 512,
  SoftBounce: 4096,
  SpamComplaint: 100001,
  Blocked: 100006,
};

export function postmarkHooks(now: () => number) {
  const desk = reportDesk((status) => status === 200 || status === 403);
  const urls: string[] = [];
  let lastId = 4_323_372_036_854_775;
  return {
    reports: desk.reports,
    deliver: desk.deliver,
    /** Registers an address; a user and a password in it become the header. */
    register: (url: string) => void urls.push(url),
    note(type: PostmarkEvent, mail: TakenMail, details: Readonly<Record<string, unknown>> = {}) {
      const at = new Date(now()).toISOString().replace("Z", "0000Z");
      const body = { ...common(type, mail), ...particulars(type, mail, at, ++lastId), ...details };
      if (typeof details.Type === "string")
        Object.assign(body, { TypeCode: typeCodes[details.Type] ?? 2048 });
      return urls.map((url) => desk.note(url, JSON.stringify(body), () => ({ "user-agent": "Postmark" })));
    },
  };
}

function common(type: PostmarkEvent, mail: TakenMail) {
  return {
    RecordType: type,
    MessageStream: mail.MessageStream,
    MessageID: mail.id,
    ServerID: 23,
    Tag: "",
    Metadata: mail.Metadata,
  };
}

function particulars(type: PostmarkEvent, mail: TakenMail, at: string, id: number): Record<string, unknown> {
  const client = { Name: "Chrome 35.0", Company: "Google", Family: "Chrome" };
  const reader = {
    Client: client,
    OS: {},
    Platform: "WebMail",
    UserAgent: "Mozilla/5.0",
    Geo: { IP: "198.18.0.9" },
  };
  switch (type) {
    case "Delivery":
      return { Recipient: mail.recipient, DeliveredAt: at, Details: "Test delivery webhook details" };
    case "Bounce":
    case "SpamComplaint": {
      const isComplaint = type === "SpamComplaint";
      return {
        ID: id,
        Type: isComplaint ? "SpamComplaint" : "HardBounce",
        TypeCode: isComplaint ? 100001 : 1,
        Name: isComplaint ? "Spam complaint" : "Hard bounce",
        Description: "The server was unable to deliver your message.",
        Details: "smtp;550 5.1.1 unknown user",
        Email: mail.recipient,
        From: mail.From,
        BouncedAt: at,
        DumpAvailable: true,
        Inactive: true,
        CanActivate: !isComplaint,
        Subject: mail.Subject,
      };
    }
    case "Open":
      return { FirstOpen: true, ReceivedAt: at, Recipient: mail.recipient, ...reader };
    case "Click":
      return {
        ClickLocation: "HTML",
        OriginalLink: "https://shop.example/sale",
        ReceivedAt: at,
        Recipient: mail.recipient,
        ...reader,
      };
    case "SubscriptionChange":
      return {
        Recipient: mail.recipient,
        ChangedAt: at,
        Origin: "Recipient",
        SuppressSending: true,
        SuppressionReason: "ManualSuppression",
      };
  }
}
