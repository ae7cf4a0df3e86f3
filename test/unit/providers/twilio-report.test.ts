/** Twilio's callbacks end to end: signed by its own code, read in our words, harmless when repeated. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { idMint } from "#domain/ports";
import type { ProviderEvent, WebhookRequest } from "#domain/sending/provider";
import { twilioAdapter } from "#queues/providers/twilio/adapter";
import { parseTwilioReport } from "#queues/providers/twilio/report";
import { listenForPosts } from "../../fakes/doors.ts";
import { startTwilio, type TakenText, type TwilioFake, twilioAccount } from "../../fakes/twilio.ts";

const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));
const messageId = newId("msg");
type Posts = { headers: Record<string, string>; body: string }[];

let fake: TwilioFake;
let posts: Posts;
let hook: Awaited<ReturnType<typeof listenForPosts>>;
beforeEach(async () => {
  fake = await startTwilio();
  posts = [];
  hook = await listenForPosts(posts);
});
afterEach(async () => {
  await hook.close();
  await fake.stop();
});

const connection = {
  tenantId: newId("ten"),
  id: newId("cxn"),
  kind: "twilio" as const,
  settings: {},
  secrets: { auth_token: twilioAccount.token },
};
const sent = (): TakenText => ({
  sid: "SM00000000000000000000000000000001",
  to: "+353871234567",
  from: "+15005550006",
  service: undefined,
  body: "Hi",
  statusCallback: `${hook.url}?mid=${messageId}`,
  messageId,
  atMs: 0,
});
/** What arrived, with the address that was called. */
const requests = (url: string): WebhookRequest[] =>
  posts.map(({ headers, body }) => ({ method: "POST", url, headers, rawBody: body }));

async function told(url: string): Promise<readonly (readonly ProviderEvent[])[]> {
  await fake.hooks.deliver();
  const deps = { now: Date.now, fetch };
  const all: (readonly ProviderEvent[])[] = [];
  for (const request of requests(url)) {
    expect(await twilioAdapter.verifyReport(request, connection, deps)).toBe(true);
    all.push(twilioAdapter.parseReport(request));
  }
  return all;
}

describe("a status callback", () => {
  test.each([
    ["queued", undefined, "accepted", undefined],
    ["sent", undefined, "accepted", undefined],
    ["delivered", undefined, "delivered", undefined],
    ["undelivered", 30003, "bounced", "soft"],
    ["undelivered", 30005, "bounced", "hard"],
    ["undelivered", 30006, "bounced", "hard"],
    ["undelivered", 30007, "bounced", "block"],
    ["undelivered", undefined, "bounced", "soft"],
    ["failed", 30034, "bounced", "block"],
    ["failed", 30001, "failed", undefined],
  ] as const)("%s %s is %s %s", async (status, code, kind, bounce) => {
    const text = sent();
    fake.hooks.status(text, status, code);
    const [events] = await told(text.statusCallback ?? "");
    expect(events).toMatchObject([{ kind, messageId, providerMessageId: text.sid, recipient: text.to }]);
    expect(events?.[0]?.bounce).toBe(bounce);
    expect(events?.[0]?.providerEventId).toBe(`${text.sid}:${status}`);
  });

  test("with the code of an opt-out also says that the person left", async () => {
    const text = sent();
    fake.hooks.status(text, "failed", 21610);
    const [events = []] = await told(text.statusCallback ?? "");
    expect(events.map((event) => event.kind)).toEqual(["failed", "unsubscribed"]);
    expect(new Set(events.map((event) => event.providerEventId)).size).toBe(2);
  });

  test("told twice or late keeps its key, and every status has one of its own", async () => {
    const text = sent();
    for (const status of ["sent", "delivered"]) fake.hooks.status(text, status);
    await fake.hooks.deliver({ order: "reversed", times: 2 });
    const events = requests(text.statusCallback ?? "").flatMap(parseTwilioReport);
    expect(events.length).toBe(4);
    expect(new Set(events.map((event) => event.providerEventId)).size).toBe(2);
  });

  test("of a message that is not ours names none", () => {
    const body = "MessageSid=SM1&MessageStatus=delivered&To=%2B3531";
    const request = { method: "POST", url: "https://x.example/hooks?mid=msg_no", headers: {}, rawBody: body };
    expect(parseTwilioReport(request)).toMatchObject([{ kind: "delivered", messageId: undefined }]);
  });
});

describe("what somebody writes back", () => {
  test("is a reply under the message's own number", async () => {
    const noted = fake.hooks.incoming(hook.url, "+353871234567", "+15005550006", "Is it open & free?");
    const [events] = await told(hook.url);
    expect(events).toMatchObject([
      {
        kind: "replied",
        providerEventId: new URLSearchParams(noted.body).get("MessageSid"),
        reply: { from: "+353871234567", to: "+15005550006", text: "Is it open & free?", optOut: undefined },
      },
    ]);
  });

  test.each([
    ["Stop", undefined, "stop"],
    ["info", undefined, "help"],
    ["I am off", "STOP", "stop"],
    ["Hello again", "START", "start"],
    ["ABMELDEN", undefined, undefined],
    ["please stop", undefined, undefined],
  ] as const)("%j with %s: Twilio has acted on %s", async (body, optOutType, optOut) => {
    fake.hooks.incoming(hook.url, "+353871234567", "+15005550006", body, optOutType);
    const [events] = await told(hook.url);
    expect(events?.[0]?.reply?.optOut).toBe(optOut);
  });

  test("STOP to Twilio blocks what is sent afterwards", () => {
    fake.hooks.incoming(hook.url, "+353871234567", "+15005550006", "STOP");
    expect(fake.account.optedOut.has("+353871234567")).toBe(true);
  });
});

test("a forged callback is not believed, and nonsense says nothing", async () => {
  const url = "https://x.example/hooks";
  const request = {
    method: "POST",
    url,
    headers: { "x-twilio-signature": "AAAA" },
    rawBody: "MessageSid=SM1",
  };
  expect(await twilioAdapter.verifyReport(request, connection, { now: Date.now, fetch })).toBe(false);
  for (const rawBody of [
    "",
    "{}",
    "MessageSid=SM1",
    "MessageStatus=delivered",
    "MessageSid=SM1&MessageStatus=read2",
  ])
    expect(parseTwilioReport({ method: "POST", url, headers: {}, rawBody })).toEqual([]);
});
