/** Resend's reports in our words. */
import { describe, expect, test } from "vitest";
import { idMint } from "#domain/ports";
import { parseResendReport } from "#queues/providers/resend-report";

const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));

describe("reports in our words", () => {
  const mid = newId("msg");
  const report = (type: string, data: object = {}) =>
    parseResendReport(
      { "svix-id": "msg_1" },
      JSON.stringify({
        type,
        created_at: "2026-11-01T10:00:02.101Z",
        data: { email_id: "e1", to: ["a@x.example"], tags: { mid, tid: "t" }, ...data },
      }),
    );

  test.each([
    ["email.sent", "accepted"],
    ["email.delivered", "delivered"],
    ["email.delivery_delayed", "deferred"],
    ["email.complained", "complained"],
    ["email.bounced", "bounced"],
    ["email.suppressed", "bounced"],
    ["email.opened", "opened"],
    ["email.clicked", "clicked"],
    ["email.failed", "failed"],
  ])("%s is %s", (type, kind) => {
    expect(report(type)).toEqual([
      expect.objectContaining({
        kind,
        providerEventId: "msg_1",
        messageId: mid,
        providerMessageId: "e1",
        recipient: "a@x.example",
        atMs: Date.UTC(2026, 10, 1, 10, 0, 2, 101),
      }),
    ]);
  });
  test.each([
    [{ type: "Permanent", subType: "General", message: "m" }, "hard"],
    [{ type: "Transient", subType: "MailboxFull", message: "m" }, "soft"],
    [{ type: "Undetermined", message: "m" }, "soft"],
    [{ type: "Transient", subType: "ContentRejected", message: "m" }, "block"],
    [{ message: "only words, as in 2023" }, "soft"],
  ])("a bounce of %j is %s", (bounce, wanted) => {
    expect(report("email.bounced", { bounce })).toMatchObject([{ bounce: wanted }]);
  });
  test("a click carries its link, address and program", () => {
    const click = {
      ipAddress: "198.18.0.1",
      link: "https://x.example",
      timestamp: "2026-11-01T10:00:09.000Z",
      userAgent: "UA",
    };
    expect(report("email.clicked", { click })).toMatchObject([
      { url: "https://x.example", ip: "198.18.0.1", userAgent: "UA", atMs: Date.UTC(2026, 10, 1, 10, 0, 9) },
    ]);
  });
  test("the list form of tags is read as well, and foreign mail has no id of ours", () => {
    expect(report("email.sent", { tags: [{ name: "mid", value: mid }] })).toMatchObject([{ messageId: mid }]);
    expect(report("email.sent", { tags: { mid: "somebody-else" } })).toMatchObject([
      { messageId: undefined },
    ]);
    expect(report("email.sent", { tags: undefined })).toMatchObject([{ messageId: undefined }]);
  });
  test.each(["domain.updated", "contact.created", "email.scheduled", "email.received"])(
    "%s concerns nobody's mail",
    (type) => {
      expect(report(type)).toEqual([]);
    },
  );
  test.each([
    "",
    "null",
    "[]",
    "{}",
    '{"type":1}',
    '{"type":"email.sent","data":null}',
    "\u0000",
    '{"type":"email.sent","created_at":"never","data":{}}',
  ])("what is no report says nothing: %j", (raw) => {
    expect(parseResendReport({}, raw)).toEqual([]);
  });
});
