/** SendGrid's events in our words, and its signatures against published vectors. */
import { describe, expect, test } from "vitest";
import { idMint } from "#domain/ports";
import { parseSendgridReport } from "#queues/providers/sendgrid/report";
import { isSendgridReport, rawSignature } from "#queues/providers/sendgrid/signature";

const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));
const mid = newId("msg");
const event = (fields: object) => ({
  email: "a@x.example",
  timestamp: 1_790_000_000,
  sg_event_id: "e1",
  sg_message_id: "m1.filter-1.0",
  lark_mid: mid,
  ...fields,
});
const parsed = (...fields: object[]) => parseSendgridReport(`${JSON.stringify(fields.map(event))}\r\n`);

describe("events in our words", () => {
  test.each([
    ["processed", "accepted"],
    ["delivered", "delivered"],
    ["deferred", "deferred"],
    ["bounce", "bounced"],
    ["dropped", "failed"],
    ["open", "opened"],
    ["click", "clicked"],
    ["spamreport", "complained"],
    ["unsubscribe", "unsubscribed"],
    ["group_unsubscribe", "unsubscribed"],
  ])("%s is %s", (name, kind) => {
    expect(parsed({ event: name })).toEqual([
      expect.objectContaining({
        kind,
        providerEventId: "e1",
        messageId: mid,
        providerMessageId: `m1.${mid}`,
        recipient: "a@x.example",
        atMs: 1_790_000_000_000,
      }),
    ]);
  });

  test.each([
    [{ type: "bounce", status: "5.1.1", bounce_classification: "Invalid Address" }, "hard"],
    [{ type: "bounce", status: "5.0.0", bounce_classification: "Unclassified" }, "hard"],
    [{ type: "bounce" }, "hard"],
    [{ type: "blocked", status: "5.1.1", bounce_classification: "Invalid Address" }, "hard"],
    [{ type: "bounce", status: "5.2.2", bounce_classification: "Mailbox Unavailable" }, "soft"],
    [{ type: "bounce", status: "4.4.1" }, "soft"],
    [{ type: "blocked", status: "5.2.2" }, "soft"],
    [{ type: "blocked", status: "4.4.7", bounce_classification: "Technical" }, "soft"],
    [{ type: "blocked", bounce_classification: "Frequency or Volume Too High" }, "soft"],
    [{ type: "expired" }, "soft"],
    [{ type: "blocked", status: "5.7.1" }, "block"],
    [{ type: "blocked", bounce_classification: "Reputation" }, "block"],
    [{ type: "bounce", status: "5.1.1", bounce_classification: "Content" }, "block"],
  ])("a bounce of %j is %s", (fields, wanted) => {
    expect(parsed({ event: "bounce", ...fields })).toMatchObject([{ kind: "bounced", bounce: wanted }]);
  });

  test.each([
    ["Bounced Address", [{ kind: "bounced", bounce: "hard" }]],
    ["Invalid", [{ kind: "bounced", bounce: "hard" }]],
    ["Spam Reporting Address", [{ kind: "complained" }]],
    [
      "Unsubscribed Address",
      [{ kind: "failed" }, { kind: "unsubscribed", providerEventId: "e1:unsubscribed" }],
    ],
    ["Spam Content", [{ kind: "failed", detail: "Spam Content" }]],
    ["Invalid SMTPAPI header", [{ kind: "failed" }]],
    ["Recipient List over Package Quota", [{ kind: "failed" }]],
  ])("dropped for %s", (reason, wanted) => {
    expect(parsed({ event: "dropped", reason })).toMatchObject(wanted);
  });

  test("what it learned of the reader comes along, and the cause of a bounce in words", () => {
    const reader = { url: "https://x.example", ip: "198.18.0.1", useragent: "UA" };
    expect(parsed({ event: "click", ...reader })).toMatchObject([
      { url: "https://x.example", ip: "198.18.0.1", userAgent: "UA" },
    ]);
    expect(
      parsed({ event: "bounce", status: "5.1.1", bounce_classification: "Invalid Address", reason: "gone" }),
    ).toMatchObject([{ detail: "5.1.1: Invalid Address: gone" }]);
  });

  test("a bounce that came by mail later has no id of the call, and is ours all the same", () => {
    expect(parsed({ event: "bounce", type: "bounce", sg_message_id: undefined })).toMatchObject([
      { messageId: mid, providerMessageId: undefined, kind: "bounced" },
    ]);
  });
  test("foreign mail has no id of ours", () => {
    expect(parsed({ event: "delivered", lark_mid: "somebody-else" })).toMatchObject([
      { messageId: undefined, providerMessageId: "m1" },
    ]);
  });
  test("numbers in text, lists of categories, tls of either form and unknown fields disturb nothing", () => {
    expect(
      parsed({ event: "deferred", timestamp: "1790000000", attempt: "3", category: ["a"], tls: 1, x: {} }),
    ).toMatchObject([{ kind: "deferred", atMs: 1_790_000_000_000 }]);
  });
  test("an event that is none leaves the others heard", () => {
    const list = [
      null,
      7,
      {},
      event({ event: "delivered" }),
      { event: "open" },
      event({ event: "new_kind" }),
    ];
    expect(parseSendgridReport(JSON.stringify(list))).toMatchObject([{ kind: "delivered" }]);
    const account = {
      event: "account_status_change",
      timestamp: 1,
      sg_event_id: "e",
      type: "compliance_ban",
    };
    expect(parseSendgridReport(JSON.stringify([account, event({ event: "group_resubscribe" })]))).toEqual([]);
  });
  test("without an id of its own an event is told by what, whom and when", () => {
    const [first, second] = parsed(
      { event: "open", sg_event_id: undefined },
      { event: "open", sg_event_id: undefined, timestamp: 1_790_000_001 },
    );
    expect(first?.providerEventId).not.toBe(second?.providerEventId);
  });
});

describe("signatures", () => {
  const reference = {
    key: "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEBtPiI0Xch2LTNSsn31AwjfQVnzejvNYZErotBSgNGKAt3aUMrImeOvARc/DZjy0vmRgRUhunholjjMKfZZRBbA==",
    timestamp: "1790000000",
    signature:
      "MEQCID40tKPw4m7hig2ZI58Vb6hLw3xqyKgKltp2Hiri9r6NAiAHjnt/E0SANU6J/Wb8ZLn9zjN1z6bGBMj0qI7YbbA1lg==",
    rawBody:
      '[{"email":"ann@shop.test","event":"delivered","timestamp":1790000000,"sg_event_id":"e1","sg_message_id":"m1.filter","mid":"01J8"}]\r\n',
  };
  /** From the vendor's own tests (@sendgrid/eventwebhook 8.0.0). */
  const vendor = {
    key: "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==",
    timestamp: "1600112502",
    signature:
      "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM=",
    rawBody: `${JSON.stringify([
      {
        email: "hello@world.com",
        event: "dropped",
        reason: "Bounced Address",
        sg_event_id: "ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA",
        sg_message_id: "LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0",
        "smtp-id": "<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>",
        timestamp: 1600112492,
      },
    ])}\r\n`,
  };
  test.each([reference, vendor])(
    "the vector of $timestamp holds, and no change to it does",
    async (vector) => {
      const nowMs = Number(vector.timestamp) * 1_000;
      expect(await isSendgridReport(vector.key, vector, nowMs)).toBe(true);
      const bad = [
        { ...vector, rawBody: vector.rawBody.trimEnd() },
        { ...vector, timestamp: String(Number(vector.timestamp) + 1) },
        { ...vector, timestamp: "timestamp" },
        { ...vector, timestamp: undefined },
        { ...vector, signature: undefined },
        { ...vector, signature: "" },
        { ...vector, signature: "!!" },
        { ...vector, signature: vector.signature.replace("A", "B") },
        { ...vector, signature: btoa("\x30\x06\x02\x01\x00\x02\x01\x00") },
      ];
      for (const one of bad) expect(await isSendgridReport(vector.key, one, nowMs)).toBe(false);
      expect(
        await isSendgridReport(reference.key === vector.key ? vendor.key : reference.key, vector, nowMs),
      ).toBe(false);
    },
  );

  test("a signature of any shape is read or refused, never thrown over", () => {
    const bytes = (hex: string) =>
      Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    expect(rawSignature(bytes("3006020101020102"))?.slice(30, 32)).toEqual(bytes("0001"));
    for (const hex of [
      "",
      "30",
      "3000",
      "3006020101",
      "310602010102010",
      "30080201010201020000",
      "300602010103010200",
      `3046022100${"01".repeat(33)}`,
    ])
      expect(rawSignature(bytes(hex))).toBeUndefined();
    const long = `0222${"01".repeat(34)}`;
    expect(rawSignature(bytes(`3048${long}${long}`))).toBeUndefined();
  });
});
