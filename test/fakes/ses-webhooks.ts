/** SES's event records, as its own documentation shows them (docs: event-publishing-retrieving-sns-examples). */
import type { TakenMail } from "./ses.ts";

export type SesEvent =
  | "Send"
  | "Delivery"
  | "Bounce"
  | "Complaint"
  | "DeliveryDelay"
  | "Reject"
  | "Open"
  | "Click"
  | "Rendering Failure";

/** `details` go into the part that belongs to the event; `mail` in them into the mail. */
export function sesNotification(
  kind: SesEvent,
  mail: TakenMail,
  nowMs: number,
  details: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const timestamp = new Date(nowMs).toISOString();
  const { mail: ofMail = {}, ...ofPart } = details;
  const part = parts[kind](mail, timestamp);
  return {
    eventType: kind,
    mail: {
      timestamp: new Date(mail.atMs).toISOString(),
      source: mail.from,
      sourceArn: "arn:aws:ses:eu-west-1:123456789012:identity/shop.example",
      sendingAccountId: "123456789012",
      messageId: mail.id,
      destination: [mail.to],
      headersTruncated: false,
      headers: Object.entries(mail.headers).map(([name, value]) => ({ name, value })),
      commonHeaders: { from: [mail.from], to: [mail.to], messageId: mail.id, subject: mail.subject },
      tags: {
        "ses:source-ip": ["198.18.0.4"],
        "ses:configuration-set": ["larkpost"],
        ...Object.fromEntries(Object.entries(mail.tags).map(([name, value]) => [name, [value]])),
      },
      ...(ofMail as object),
    },
    ...Object.fromEntries(
      Object.entries(part).map(([name, value]) => [name, { ...(value as object), ...ofPart }]),
    ),
  };
}

const reader = { ipAddress: "198.18.0.9", userAgent: "Mozilla/5.0 (X11; Linux x86_64)" };

const parts: Record<SesEvent, (mail: TakenMail, timestamp: string) => Record<string, object>> = {
  Send: () => ({ send: {} }),
  Delivery: (mail, timestamp) => ({
    delivery: {
      timestamp,
      processingTimeMillis: 602,
      recipients: [mail.to],
      smtpResponse: "250 2.6.0 Message received",
      reportingMTA: "mta.example.com",
    },
  }),
  Bounce: (mail, timestamp) => ({
    bounce: {
      bounceType: "Permanent",
      bounceSubType: "General",
      bouncedRecipients: [
        {
          emailAddress: mail.to,
          action: "failed",
          status: "5.1.1",
          diagnosticCode: "smtp; 550 5.1.1 user unknown",
        },
      ],
      timestamp,
      feedbackId: `bounce-${mail.id}`,
      reportingMTA: "dsn; mta.example.com",
    },
  }),
  Complaint: (mail, timestamp) => ({
    complaint: {
      complainedRecipients: [{ emailAddress: mail.to }],
      timestamp,
      feedbackId: `complaint-${mail.id}`,
      userAgent: "Amazon SES Mailbox Simulator",
      complaintFeedbackType: "abuse",
      arrivalDate: timestamp,
    },
  }),
  DeliveryDelay: (mail, timestamp) => ({
    deliveryDelay: {
      delayType: "TransientCommunicationFailure",
      expirationTime: timestamp,
      delayedRecipients: [
        { emailAddress: mail.to, status: "4.4.1", diagnosticCode: "smtp; 421 4.4.1 unable" },
      ],
      timestamp,
    },
  }),
  Reject: () => ({ reject: { reason: "Bad content" } }),
  Open: (_mail, timestamp) => ({ open: { ...reader, timestamp } }),
  Click: (_mail, timestamp) => ({
    click: { ...reader, timestamp, link: "https://shop.example/sale", linkTags: {} },
  }),
  "Rendering Failure": () => ({
    failure: { errorMessage: "Attribute 'name' is not present.", templateName: "t" },
  }),
};
