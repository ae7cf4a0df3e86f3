/** Postmark's reports: who may bring them, and what they say in our words. */
import { describe, expect, test } from "vitest";
import { postmarkAdapter } from "#queues/providers/postmark/adapter";
import { parsePostmarkReport } from "#queues/providers/postmark/report";
import { connectionTo, newId } from "./postmark-support.ts";

const connection = connectionTo({ baseUrl: "x" }, { secrets: { api_key: "k", webhook_secret: "s3crét" } });
const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
const isGenuine = (authorization: string | undefined, over = connection) =>
  postmarkAdapter.verifyReport(
    {
      method: "POST",
      url: "https://x.example/hooks/postmark/cxn_1",
      headers: authorization === undefined ? {} : { authorization },
      rawBody: "{}",
    },
    over,
    { now: Date.now, fetch },
  );

describe("who may report", () => {
  test("whoever knows the user and the password", async () => {
    expect(await isGenuine(basic("larkpost:s3crét"))).toBe(true);
    expect(await isGenuine(basic("larkpost:s3crét").replace("Basic", "basic"))).toBe(true);
  });
  test.each([
    undefined,
    "",
    "Basic",
    "Basic !!!",
    basic("larkpost:"),
    basic("larkpost:s3cré"),
    basic("larkpost:s3crétt"),
    basic("other:s3crét"),
    basic("s3crét"),
    `Bearer ${basic("larkpost:s3crét").slice(6)}`,
  ])("nobody else: %s", async (authorization) => {
    expect(await isGenuine(authorization)).toBe(false);
  });
  test("and nobody at all where no password was set", async () => {
    const without = connectionTo({ baseUrl: "x" });
    expect(await isGenuine(basic("larkpost:"), without)).toBe(false);
    expect(await isGenuine(basic("larkpost"), without)).toBe(false);
  });
});

const mid = newId("msg");
const common = {
  MessageID: "883953f4-6105-42a2-a16a-77a8eac79483",
  ServerID: 23,
  Metadata: { mid, tid: "t" },
};
const report = (fields: object) => parsePostmarkReport(JSON.stringify({ ...common, ...fields }));
const atMs = Date.UTC(2026, 10, 5, 16, 33, 54);

describe("reports in our words", () => {
  test("a delivery", () => {
    const told = {
      RecordType: "Delivery",
      Recipient: "ann@shop.example",
      DeliveredAt: "2026-11-05T16:33:54.0000000Z",
      Details: "250 OK",
    };
    expect(report(told)).toEqual([
      expect.objectContaining({
        kind: "delivered",
        messageId: mid,
        providerMessageId: common.MessageID,
        recipient: "ann@shop.example",
        atMs,
        detail: "250 OK",
      }),
    ]);
  });

  test.each([
    ["HardBounce", "bounced", "hard"],
    ["BadEmailAddress", "bounced", "hard"],
    ["ManuallyDeactivated", "bounced", "hard"],
    ["Blocked", "bounced", "block"],
    ["DMARCPolicy", "bounced", "block"],
    ["SoftBounce", "bounced", "soft"],
    ["Unknown", "bounced", "soft"],
    ["Transient", "deferred", undefined],
    ["DnsError", "deferred", undefined],
    ["SpamNotification", "complained", undefined],
    ["SpamComplaint", "complained", undefined],
    ["Unsubscribe", "unsubscribed", undefined],
  ])("a bounce of type %s is %s, %s", (Type, kind, bounce) => {
    const told = {
      RecordType: "Bounce",
      ID: 42,
      Type,
      Email: "ann@shop.example",
      BouncedAt: "2026-11-05T16:33:54Z",
    };
    const [event] = report(told);
    expect(event).toMatchObject({ kind, providerEventId: "Bounce:42", recipient: "ann@shop.example", atMs });
    expect(event?.bounce).toBe(bounce);
  });

  test.each(["AutoResponder", "AddressChange", "ChallengeVerification", "Subscribe", "SomethingNew"])(
    "a bounce of type %s says nothing about the mail",
    (Type) => {
      expect(report({ RecordType: "Bounce", ID: 1, Type, BouncedAt: "2026-11-05T16:33:54Z" })).toEqual([]);
    },
  );

  test("a complaint, an open and a click", () => {
    const at = "2026-11-05T16:33:54Z";
    expect(report({ RecordType: "SpamComplaint", ID: 7, Email: "a@x.example", BouncedAt: at })).toMatchObject(
      [{ kind: "complained", providerEventId: "SpamComplaint:7" }],
    );
    const reader = { Recipient: "a@x.example", ReceivedAt: at, UserAgent: "UA", Geo: { IP: "198.18.0.9" } };
    expect(report({ RecordType: "Open", ...reader })).toMatchObject([
      { kind: "opened", ip: "198.18.0.9", userAgent: "UA" },
    ]);
    expect(report({ RecordType: "Click", OriginalLink: "https://x.example", ...reader })).toMatchObject([
      { kind: "clicked", url: "https://x.example" },
    ]);
  });

  test("a recipient's own unsubscribing counts; what Postmark suppressed or let in again by itself does not", () => {
    const told = {
      RecordType: "SubscriptionChange",
      Recipient: "a@x.example",
      ChangedAt: "2026-11-05T16:33:54Z",
      Origin: "Recipient",
      SuppressSending: true,
      SuppressionReason: "ManualSuppression",
    };
    expect(report(told)).toMatchObject([{ kind: "unsubscribed", messageId: mid }]);
    expect(report({ ...told, SuppressionReason: "HardBounce" })).toEqual([]);
    expect(report({ ...told, Origin: "Customer" })).toEqual([]);
    expect(report({ ...told, SuppressSending: false, SuppressionReason: null })).toEqual([]);
  });

  test("told again it has the same id; another click or another moment has another", () => {
    const click = {
      RecordType: "Click",
      Recipient: "a@x.example",
      ReceivedAt: "2026-11-05T16:33:54.1234567Z",
      OriginalLink: "https://x.example/1",
    };
    const idOf = (fields: object) => report({ ...click, ...fields })[0]?.providerEventId;
    expect(idOf({})).toBe(idOf({ Platform: "Desktop" }));
    const others = [
      { OriginalLink: "https://x.example/2" },
      { ReceivedAt: "2026-11-05T16:33:54.1234568Z" },
      { Recipient: "b@x.example" },
      { MessageID: "another" },
    ];
    expect(new Set([idOf({}), ...others.map(idOf)]).size).toBe(5);
  });

  test("mail that is not ours has no id of ours", () => {
    const told = { RecordType: "Delivery", Recipient: "a@x.example", DeliveredAt: "2026-11-05T16:33:54Z" };
    expect(report({ ...told, Metadata: { mid: "somebody-else" } })).toMatchObject([{ messageId: undefined }]);
    expect(report({ ...told, Metadata: null })).toMatchObject([{ messageId: undefined }]);
  });

  test.each([
    "",
    "null",
    "[]",
    "{}",
    '{"RecordType":1}',
    '{"RecordType":"Delivery"}',
    '{"RecordType":"Delivery","DeliveredAt":"never"}',
    "\u0000",
  ])("what is no report says nothing: %j", (raw) => {
    expect(parsePostmarkReport(raw)).toEqual([]);
  });
});
