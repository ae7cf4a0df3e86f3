/** Mailgun's reports: genuine or not, and what they say in our words. */
import { describe, expect, test } from "vitest";
import { mailgunAdapter } from "#queues/providers/mailgun/adapter";
import { parseMailgunReport } from "#queues/providers/mailgun/report";
import { connectionTo, newId } from "./mailgun-support.ts";

// Computed outside of this project.
const vector = {
  key: "mg_signing_key",
  timestamp: "1790000000",
  token: "tok123",
  signature: "a848101a0f57f78a1071e7d9ec4a8dfb3d8870e007a847cd8f1ea6b58c81d64f",
};
const nowMs = 1_790_000_000_000;
const { key, ...signature } = vector;
const bodyOf = (over: object = {}, event: unknown = { id: "e1", event: "delivered", timestamp: 1 }) =>
  JSON.stringify({ signature: { ...signature, ...over }, "event-data": event });
const isGenuine = (rawBody: string, atMs = nowMs, webhook_secret = key) =>
  mailgunAdapter.verifyReport(
    { method: "POST", url: "https://x.example/hooks/mailgun/cxn_1", headers: {}, rawBody },
    connectionTo({ baseUrl: "x" }, { secrets: { api_key: "k", webhook_secret } }),
    { now: () => atMs, fetch },
  );

describe("who may report", () => {
  test("whoever holds the signing key: the known signature passes, again and again", async () => {
    expect(await isGenuine(bodyOf())).toBe(true);
    expect(await isGenuine(bodyOf())).toBe(true);
    expect(await isGenuine(bodyOf({ signature: vector.signature.toUpperCase() }))).toBe(true);
    expect(await isGenuine(bodyOf({ timestamp: 1_790_000_000 }))).toBe(true);
  });
  test("an event of a subaccount is signed by the main account as well", async () => {
    expect(await isGenuine(bodyOf({ signature: "00", "parent-signature": vector.signature }))).toBe(true);
  });
  test.each([
    ["another signature", { signature: vector.signature.replace("a8", "a9") }],
    ["a short one", { signature: "a848" }],
    ["none", { signature: undefined }],
    ["another token", { token: "tok124" }],
    ["another moment", { timestamp: "1790000001" }],
    ["a moment that is none", { timestamp: "soon" }],
    ["no token", { token: "" }],
  ])("%s is refused", async (_name, over) => {
    expect(await isGenuine(bodyOf(over))).toBe(false);
  });
  test("another key is refused, and everybody where no key was set", async () => {
    expect(await isGenuine(bodyOf(), nowMs, "another")).toBe(false);
    expect(await isGenuine(bodyOf(), nowMs, "")).toBe(false);
  });
  test("late repetitions pass, older and future ones do not", async () => {
    const hourMs = 3_600_000;
    expect(await isGenuine(bodyOf(), nowMs + 8 * hourMs)).toBe(true);
    expect(await isGenuine(bodyOf(), nowMs + 12 * hourMs + 1_000)).toBe(false);
    expect(await isGenuine(bodyOf(), nowMs - 4 * 60_000)).toBe(true);
    expect(await isGenuine(bodyOf(), nowMs - 6 * 60_000)).toBe(false);
  });
  test("a signature that was overheard speaks for no other event", async () => {
    expect(await isGenuine(bodyOf())).toBe(true);
    expect(await isGenuine(bodyOf({}, { id: "e2", event: "complained", timestamp: 1 }))).toBe(false);
  });
  test.each(["", "null", "[]", "{}", '{"signature":null}', "\u0000"])("%j is refused", async (raw) => {
    expect(await isGenuine(raw)).toBe(false);
  });
});

const mid = newId("msg");
const report = (fields: object) =>
  parseMailgunReport(
    JSON.stringify({
      signature,
      "event-data": {
        id: "Ase7i2zsRYeDXztHGENqRA",
        timestamp: 1521243339.873676,
        recipient: "ann@people.example",
        "user-variables": { mid, tid: "t" },
        message: { headers: { "message-id": "20261122.1@mg.shop.example" } },
        ...fields,
      },
    }),
  );

describe("reports in our words", () => {
  test.each([
    ["accepted", "accepted"],
    ["delivered", "delivered"],
    ["rejected", "failed"],
    ["complained", "complained"],
    ["unsubscribed", "unsubscribed"],
    ["opened", "opened"],
    ["clicked", "clicked"],
  ])("%s is %s", (event, kind) => {
    expect(report({ event })).toEqual([
      expect.objectContaining({
        kind,
        providerEventId: "Ase7i2zsRYeDXztHGENqRA",
        messageId: mid,
        providerMessageId: "20261122.1@mg.shop.example",
        recipient: "ann@people.example",
        atMs: 1_521_243_339_874,
      }),
    ]);
  });

  const failed = (reason: string, code: number | undefined, enhanced: string, message = "") =>
    report({
      event: "failed",
      severity: "permanent",
      reason,
      "delivery-status": { code, "enhanced-code": enhanced, message, "attempt-no": 1 },
    });
  test.each([
    ["bounce", 550, "5.1.1", "", "hard"],
    ["generic", 550, "", "550 5.1.1 no such user", "hard"],
    ["suppress-bounce", 605, "", "", "hard"],
    ["bounce", 550, "", "no such user", "hard"],
    ["bounce", 552, "5.2.2", "", "soft"],
    ["bounce", 552, "", "mailbox full", "soft"],
    ["old", 450, "", "", "soft"],
    ["generic", 498, "", "No MX for nowhere.example", "soft"],
    ["bounce", 550, "5.7.1", "", "block"],
    ["generic", 554, "", "rejected by policy", "block"],
    ["espblock", 550, "5.1.1", "", "block"],
  ])("a permanent failure, %s %s %s %s, is %s", (reason, code, enhanced, message, bounce) => {
    expect(failed(reason, code, enhanced, message)).toMatchObject([{ kind: "bounced", bounce }]);
  });
  test("a temporary failure is a delay", () => {
    expect(report({ event: "failed", severity: "temporary", reason: "generic" })).toMatchObject([
      { kind: "deferred" },
    ]);
  });
  test("what Mailgun did not send because of its own lists is told with what put them there", () => {
    expect(failed("suppress-complaint", 607, "")).toMatchObject([{ kind: "complained" }]);
    const told = failed("suppress-unsubscribe", 606, "");
    expect(told.map(({ kind }) => kind)).toEqual(["failed", "unsubscribed"]);
    expect(new Set(told.map(({ providerEventId }) => providerEventId)).size).toBe(2);
  });
  test("a click carries link, address and program", () => {
    const told = {
      event: "clicked",
      url: "https://x.example",
      ip: "198.18.0.9",
      "client-info": { "user-agent": "UA" },
    };
    expect(report(told)).toMatchObject([{ url: "https://x.example", ip: "198.18.0.9", userAgent: "UA" }]);
  });
  test("mail that is not ours has no id of ours, and what concerns nobody's mail is left out", () => {
    expect(report({ event: "delivered", "user-variables": { mid: "other" } })).toMatchObject([
      { messageId: undefined },
    ]);
    expect(report({ event: "stored" })).toEqual([]);
    expect(report({ event: "list_member_uploaded" })).toEqual([]);
  });
  test.each([
    "",
    "null",
    "{}",
    '{"event-data":{}}',
    '{"event-data":{"event":"delivered","id":"1","timestamp":"x"}}',
  ])("what is no report says nothing: %j", (raw) => {
    expect(parseMailgunReport(raw)).toEqual([]);
  });
});
