/** SES's events in our words (docs: event-publishing-retrieving-sns-contents, notification-contents). */
import { z } from "zod";
import { idText } from "#domain/id-schema";
import type { ProviderEvent } from "#domain/sending/provider";
import { jsonOrUndefined, messageHeader } from "../wire.ts";
import { messageTag } from "./message.ts";
import { readSns } from "./sns.ts";

const text = z.string().optional().catch(undefined);
const recipient = z.object({ emailAddress: text, status: text, diagnosticCode: text });
const recipients = z.array(recipient).catch([]);
const part = <S extends z.ZodRawShape>(shape: S) =>
  z
    .object({ timestamp: text, ...shape })
    .optional()
    .catch(undefined);

/** Configuration sets say `eventType`, identities `notificationType`; otherwise they are alike. */
const shape = z.object({
  eventType: text,
  notificationType: text,
  mail: z.object({
    timestamp: text,
    messageId: text,
    destination: z.array(z.string()).catch([]),
    tags: z.record(z.string(), z.array(z.string())).optional().catch(undefined),
    headers: z
      .array(z.object({ name: z.string(), value: z.string() }))
      .optional()
      .catch(undefined),
  }),
  bounce: part({ bounceType: text, bounceSubType: text, bouncedRecipients: recipients }),
  complaint: part({ complainedRecipients: recipients, complaintFeedbackType: text, complaintSubType: text }),
  delivery: part({ recipients: z.array(z.string()).catch([]), smtpResponse: text }),
  deliveryDelay: part({ delayedRecipients: recipients, delayType: text }),
  reject: part({ reason: text }),
  failure: part({ errorMessage: text, templateName: text }),
  open: part({ ipAddress: text, userAgent: text }),
  click: part({ ipAddress: text, userAgent: text, link: text }),
});
type Message = z.output<typeof shape>;

/** What is said of one recipient. */
type Said = Pick<ProviderEvent, "kind"> &
  Partial<Pick<ProviderEvent, "bounce" | "detail" | "url" | "ip" | "userAgent">> & {
    readonly to: string | undefined;
    readonly at: string | undefined;
  };

const messageId = idText("msg");

/** One notification may speak of several recipients; each is an event of its own. */
export function parseSesReport(rawBody: string): readonly ProviderEvent[] {
  const sns = readSns(rawBody);
  if (sns?.Type !== "Notification") return [];
  const parsed = shape.safeParse(jsonOrUndefined(sns.Message));
  if (!parsed.success) return [];
  const message = parsed.data;
  return saidIn(message).flatMap(({ to, at, detail, ...said }) => {
    const atMs = Date.parse(at ?? message.mail.timestamp ?? sns.Timestamp);
    if (!Number.isFinite(atMs)) return [];
    return [
      {
        ...said,
        providerEventId: `${sns.MessageId}:${to ?? ""}`,
        messageId: ourId(message.mail),
        providerMessageId: message.mail.messageId,
        atMs,
        recipient: to,
        detail: detail?.slice(0, 500) || undefined,
      },
    ];
  });
}

function saidIn(message: Message): Said[] {
  const { mail, bounce, complaint, delivery, deliveryDelay, reject, failure, open, click } = message;
  const toAll = (said: Omit<Said, "to" | "at">, at: string | undefined): Said[] =>
    (mail.destination.length > 0 ? mail.destination : [undefined]).map((to) => ({ ...said, to, at }));
  switch (message.eventType ?? message.notificationType) {
    case "Send":
      return toAll({ kind: "accepted" }, mail.timestamp);
    case "Delivery":
      return (delivery?.recipients ?? []).map((to) => ({
        kind: "delivered",
        to,
        at: delivery?.timestamp,
        detail: delivery?.smtpResponse,
      }));
    case "Bounce":
      return (bounce?.bouncedRecipients ?? []).map((one) => ({
        kind: "bounced",
        bounce: bounceOf(bounce, one.status),
        to: one.emailAddress,
        at: bounce?.timestamp,
        detail: words(bounce?.bounceType, bounce?.bounceSubType, one.status, one.diagnosticCode),
      }));
    case "Complaint":
      // Somebody moved the mail out of their spam folder: the opposite of a complaint (RFC 6430).
      if (complaint?.complaintFeedbackType === "not-spam") return [];
      return (complaint?.complainedRecipients ?? []).map((one) => ({
        kind: "complained",
        to: one.emailAddress,
        at: complaint?.timestamp,
        detail: words(complaint?.complaintSubType, complaint?.complaintFeedbackType),
      }));
    case "DeliveryDelay":
      return (deliveryDelay?.delayedRecipients ?? []).map((one) => ({
        kind: "deferred",
        to: one.emailAddress,
        at: deliveryDelay?.timestamp,
        detail: words(deliveryDelay?.delayType, one.status, one.diagnosticCode),
      }));
    case "Reject":
      return toAll({ kind: "failed", detail: words("Reject", reject?.reason) }, reject?.timestamp);
    case "Rendering Failure":
      return toAll({ kind: "failed", detail: words("Rendering failure", failure?.errorMessage) }, undefined);
    case "Open":
      return toAll({ kind: "opened", ip: open?.ipAddress, userAgent: open?.userAgent }, open?.timestamp);
    case "Click":
      return toAll(
        { kind: "clicked", url: click?.link, ip: click?.ipAddress, userAgent: click?.userAgent },
        click?.timestamp,
      );
    default:
      return [];
  }
}

const words = (...parts: (string | undefined)[]) => parts.filter(Boolean).join(": ");

/** Tags come with configuration sets alone; an identity's own notifications may carry the headers. */
function ourId(mail: Message["mail"]) {
  const header = mail.headers?.find(({ name }) => name.toLowerCase() === messageHeader.toLowerCase());
  return messageId.safeParse(mail.tags?.[messageTag]?.[0] ?? header?.value).data;
}

/** Permanent is hard; what the content or a policy brought about is no fault of the address; the rest may pass. */
function bounceOf(bounce: Message["bounce"], status = ""): "hard" | "soft" | "block" {
  const subType = bounce?.bounceSubType;
  if (subType === "ContentRejected" || subType === "AttachmentRejected") return "block";
  if (bounce?.bounceType !== "Permanent") return "soft";
  // RFC 3463: X.7.X is security or policy.
  return /^5\.7\./.test(status) ? "block" : "hard";
}
