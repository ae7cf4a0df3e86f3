/** SES's events in our words. */
import { describe, expect, test } from "vitest";
import { idMint } from "#domain/ports";
import { parseSesReport } from "#queues/providers/ses/report";
import type { TakenMail } from "../../fakes/ses.ts";
import { type SesEvent, sesNotification } from "../../fakes/ses-webhooks.ts";

const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));
const mid = newId("msg");
const nowMs = Date.UTC(2026, 10, 22, 9);
const mail: TakenMail = {
  id: "0102-1",
  to: "a@x.example",
  from: "news@shop.example",
  subject: "s",
  html: "h",
  text: "t",
  headers: {},
  tags: { lark_mid: mid },
  messageId: mid,
  configurationSet: "larkpost",
  attachments: [],
  atMs: nowMs - 60_000,
};
const wrapped = (message: unknown, over: object = {}) =>
  JSON.stringify({
    Type: "Notification",
    MessageId: "sns-1",
    TopicArn: "arn:aws:sns:eu-west-1:1:t",
    Message: typeof message === "string" ? message : JSON.stringify(message),
    Timestamp: "2026-11-22T09:00:01.000Z",
    SignatureVersion: "1",
    Signature: "AA==",
    SigningCertURL: "https://sns.eu-west-1.amazonaws.com/x.pem",
    ...over,
  });
const report = (kind: SesEvent, details: object = {}) =>
  parseSesReport(wrapped(sesNotification(kind, mail, nowMs, { ...details })));

describe("events in our words", () => {
  test.each([
    ["Send", "accepted", nowMs - 60_000],
    ["Delivery", "delivered", nowMs],
    ["Bounce", "bounced", nowMs],
    ["Complaint", "complained", nowMs],
    ["DeliveryDelay", "deferred", nowMs],
    ["Reject", "failed", nowMs - 60_000],
    ["Rendering Failure", "failed", nowMs - 60_000],
    ["Open", "opened", nowMs],
    ["Click", "clicked", nowMs],
  ] as const)("%s is %s", (name, kind, atMs) => {
    expect(report(name)).toEqual([
      expect.objectContaining({
        kind,
        providerEventId: "sns-1:a@x.example",
        messageId: mid,
        providerMessageId: "0102-1",
        recipient: "a@x.example",
        atMs,
      }),
    ]);
  });

  test.each([
    [{ bounceType: "Permanent", bounceSubType: "General" }, "5.1.1", "hard"],
    [{ bounceType: "Permanent", bounceSubType: "NoEmail" }, "5.1.1", "hard"],
    [{ bounceType: "Permanent", bounceSubType: "OnAccountSuppressionList" }, undefined, "hard"],
    [{ bounceType: "Permanent", bounceSubType: "General" }, "5.7.1", "block"],
    [{ bounceType: "Transient", bounceSubType: "MailboxFull" }, "5.2.2", "soft"],
    [{ bounceType: "Transient", bounceSubType: "General" }, "4.4.7", "soft"],
    [{ bounceType: "Transient", bounceSubType: "ContentRejected" }, "5.6.0", "block"],
    [{ bounceType: "Transient", bounceSubType: "AttachmentRejected" }, "5.6.0", "block"],
    [{ bounceType: "Undetermined", bounceSubType: "Undetermined" }, undefined, "soft"],
  ])("a bounce of %j with %s is %s", (bounce, status, wanted) => {
    const bouncedRecipients = [{ emailAddress: "a@x.example", status, diagnosticCode: "smtp; no" }];
    expect(report("Bounce", { ...bounce, bouncedRecipients })).toMatchObject([{ bounce: wanted }]);
  });

  test("several recipients in one notification are an event each, and none is taken for another", () => {
    const bouncedRecipients = ["a@x.example", "b@x.example"].map((emailAddress) => ({ emailAddress }));
    expect(report("Bounce", { bouncedRecipients })).toMatchObject([
      { recipient: "a@x.example", providerEventId: "sns-1:a@x.example" },
      { recipient: "b@x.example", providerEventId: "sns-1:b@x.example" },
    ]);
    const complainedRecipients = ["a@x.example", "b@x.example"].map((emailAddress) => ({ emailAddress }));
    expect(report("Complaint", { complainedRecipients })).toHaveLength(2);
    expect(report("Delivery", { recipients: ["a@x.example", "b@x.example"] })).toHaveLength(2);
    expect(report("Send", { mail: { destination: ["a@x.example", "b@x.example"] } })).toHaveLength(2);
  });

  test("a mail that was taken out of the spam folder is no complaint", () => {
    expect(report("Complaint", { complaintFeedbackType: "not-spam" })).toEqual([]);
  });

  test("an identity's own notification names us by its headers, under another name of its type", () => {
    const { eventType, ...rest } = sesNotification("Delivery", mail, nowMs, {
      mail: { tags: undefined, headers: [{ name: "x-larkpost-message", value: mid }] },
    });
    expect(parseSesReport(wrapped({ notificationType: eventType, ...rest }))).toMatchObject([
      { kind: "delivered", messageId: mid },
    ]);
  });
  test("foreign mail has no id of ours", () => {
    expect(report("Delivery", { mail: { tags: { lark_mid: ["other"] } } })).toMatchObject([
      { messageId: undefined, providerMessageId: "0102-1" },
    ]);
  });
  test("a click carries its link, address and program; a bounce its cause", () => {
    expect(report("Click")).toMatchObject([
      { url: "https://shop.example/sale", ip: "198.18.0.9", userAgent: expect.stringContaining("Mozilla") },
    ]);
    expect(report("Bounce")).toMatchObject([
      { detail: "Permanent: General: 5.1.1: smtp; 550 5.1.1 user unknown" },
    ]);
  });
  test.each([
    "",
    "Successfully validated SNS topic for Amazon SES event publishing.",
    "null",
    "{}",
    '{"eventType":"Bounce","mail":{}}',
    '{"eventType":"Subscription","mail":{"timestamp":"2026-11-22T09:00:00.000Z"}}',
    '{"eventType":"Delivery","mail":{},"delivery":{"recipients":7}}',
  ])("what is no event says nothing: %j", (message) => {
    expect(parseSesReport(wrapped(message))).toEqual([]);
  });
  test("only notifications are read", () => {
    const sent = sesNotification("Delivery", mail, nowMs);
    expect(parseSesReport(wrapped(sent, { Type: "SubscriptionConfirmation" }))).toEqual([]);
    expect(parseSesReport("{}")).toEqual([]);
  });
});
