/** Sendmode: the wire of each generation, refusals in words, callbacks in every form. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { idMint } from "#domain/ports";
import type { ProviderEvent, WebhookRequest } from "#domain/sending/provider";
import { openSendmode, sendmodeAdapter } from "#queues/providers/sendmode/adapter";
import { generationOf } from "#queues/providers/sendmode/generations";
import { parseSendmodeReport } from "#queues/providers/sendmode/report";
import { text, texts } from "../../contracts/provider.ts";
import { type SendmodeFake, sendmodeAccount, startSendmode } from "../../fakes/sendmode.ts";

const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));
const options = { idempotencyKey: "k", timeoutMs: 3_000 };
const bare = { tenantId: newId("ten"), id: newId("cxn"), kind: "sendmode" as const, secrets: {} };
const generations = ["engage-3", "rest-2", "http"] as const;

let fake: SendmodeFake;
beforeEach(async () => {
  fake = await startSendmode();
});
afterEach(() => fake.stop());

function open(generation: string, settings: Record<string, string> = {}) {
  return openSendmode(
    { now: Date.now },
    {
      tenantId: newId("ten"),
      id: newId("cxn"),
      kind: "sendmode",
      settings: {
        generation,
        base_url: fake.baseUrl,
        sender_id: "Acme",
        username: sendmodeAccount.user,
        ...settings,
      },
      secrets: { api_key: sendmodeAccount.key, password: sendmodeAccount.password },
    },
  );
}

describe.each(generations)("a text message by %s", (generation) => {
  test("carries sender, words and our id, and its number as this generation wants it", async () => {
    const one = text("+353871234567", { text: 'Grüße & "100%" <3 🎉' });
    await open(generation).send([one], options);
    expect(fake.taken).toMatchObject([
      {
        generation,
        from: "Acme",
        to: generation === "engage-3" ? "+353871234567" : "353871234567",
        text: 'Grüße & "100%" <3 🎉',
        customerId: one.messageId,
      },
    ]);
  });

  test("to somebody who left fails, and is told apart", async () => {
    fake.account.optedOut.add("353871234567");
    expect(await open(generation).send([text("+353871234567")], options)).toMatchObject({
      outcomes: [{ kind: "failed", optedOut: true }],
    });
  });

  test.each([
    ["without credits", () => Object.assign(fake.account, { credits: 0 })],
    ["with a sender that is not registered", () => Object.assign(fake.account, { senders: [] })],
  ])("%s stops the connection: a person must act", async (_what, happen) => {
    happen();
    expect(await open(generation).send(texts(3), options)).toMatchObject({
      kind: "refused",
      refusal: { kind: "rejected", reason: expect.stringMatching(/\S/) },
    });
    expect(fake.requests.length).toBe(1);
  });

  test("a 5xx is unknown: it may have been taken", async () => {
    fake.faults.push({ kind: "error", when: "after", status: 502 });
    expect(await open(generation).send(texts(1), options)).toMatchObject({ outcomes: [{ kind: "unknown" }] });
    expect(fake.taken.length).toBe(1);
  });

  test("verifying texts nobody", async () => {
    expect(await open(generation).verify()).toEqual({ ok: true });
    expect(fake.taken).toEqual([]);
  });
});

test.each(generations)(
  "%s: a 200 that says neither yes nor no is unknown, never a yes or a no",
  (generation) => {
    const one = text("+353871234567");
    const own = generationOf({ ...bare, settings: { generation } });
    const answer = {
      kind: "answered" as const,
      status: 200,
      headers: new Headers(),
      text: "<html>Hello</html>",
    };
    expect(own.read(answer, one, 0)).toMatchObject({ outcomes: [{ kind: "unknown" }] });
  },
);

test("an address where nothing of Sendmode's is stops the connection", async () => {
  const own = open("engage-3", { base_url: `${fake.baseUrl}/elsewhere` });
  expect(await own.send(texts(1), options)).toMatchObject({ kind: "refused", refusal: { kind: "rejected" } });
});

describe("a callback", () => {
  const hook = `https://mail.shop.example/hooks/sendmode/${newId("cxn")}?token=s3cret`;
  const messageId = newId("msg");
  const taken = {
    id: "32433326",
    generation: "http" as const,
    to: "353870000000",
    from: "Acme",
    text: "Hi",
    customerId: messageId,
  };
  const asRequest = ({ url, init }: { url: string; init: RequestInit }): WebhookRequest => ({
    method: init.method ?? "GET",
    url,
    headers: {},
    rawBody: init.body === undefined ? "" : String(init.body),
  });
  const connection = (secret: string) => ({
    tenantId: newId("ten"),
    id: newId("cxn"),
    kind: "sendmode" as const,
    settings: {},
    secrets: { webhook_secret: secret },
  });

  describe.each(["query", "form", "json"] as const)("by %s", (as) => {
    test.each([
      ["DISPATCHED", "accepted", undefined],
      ["DELIVRD", "delivered", undefined],
      ["EXPIRED", "bounced", "soft"],
      ["UNDELIV", "bounced", "soft"],
      ["REJECTD", "failed", undefined],
    ] as const)("%s is %s %s", (status, kind, bounce) => {
      const events = parseSendmodeReport(asRequest(fake.hooks.status(hook, taken, status, as)));
      expect(events).toMatchObject([
        { kind, messageId, providerMessageId: "32433326", recipient: "+353870000000" },
      ]);
      expect(events[0]?.bounce).toBe(bounce);
    });

    test("of somebody who opted out also says that they left", () => {
      const events = parseSendmodeReport(
        asRequest(fake.hooks.status(hook, taken, "OPTED OUT - BLOCKED", as)),
      );
      expect(events.map((event) => event.kind)).toEqual(["failed", "unsubscribed"]);
      expect(new Set(events.map((event) => event.providerEventId)).size).toBe(2);
    });

    test("with a reply says who wrote what to whom", () => {
      const noted = fake.hooks.incoming(hook, "+353870000000", "50015", "Stop & go", as);
      const [event] = parseSendmodeReport(asRequest(noted));
      expect(event).toMatchObject({
        kind: "replied",
        providerEventId: "",
        reply: { from: "+353870000000", to: "50015", text: "Stop & go" },
      });
    });
  });

  test("has the same key each time it is told, and another for another status", () => {
    const key = (status: string) =>
      parseSendmodeReport(asRequest(fake.hooks.status(hook, taken, status)))[0]?.providerEventId;
    expect(key("DELIVRD")).toBe(key("DELIVRD"));
    expect(key("DELIVRD")).not.toBe(key("DISPATCHED"));
  });

  test("names are known however they are spelled, several in one list too", () => {
    const rawBody = JSON.stringify([
      { customer_id: messageId, STATUS: "Delivrd", MobileNumber: 353870000000 },
      { CustomerId: "not-ours", status: "DELIVRD" },
    ]);
    const events: readonly ProviderEvent[] = parseSendmodeReport({
      method: "POST",
      url: hook,
      headers: {},
      rawBody,
    });
    expect(events.map((event) => [event.kind, event.messageId])).toEqual([
      ["delivered", messageId],
      ["delivered", undefined],
    ]);
  });

  test("is believed with the connection's own token alone", async () => {
    const request = asRequest(fake.hooks.status(hook, taken, "DELIVRD"));
    const believes = (secret: string, url = request.url) =>
      sendmodeAdapter.verifyReport({ ...request, url }, connection(secret), { now: Date.now, fetch });
    expect(await believes("s3cret")).toBe(true);
    expect(await believes("s3cre")).toBe(false);
    expect(await believes("")).toBe(false);
    expect(await believes("s3cret", request.url.replace("token=s3cret", "token="))).toBe(false);
    expect(await believes("s3cret", request.url.replace("token=s3cret", ""))).toBe(false);
  });

  test("nonsense says nothing", () => {
    for (const rawBody of ["", "null", "[1]", '"x"', "Status=NEW", "command=hi"])
      expect(parseSendmodeReport({ method: "POST", url: hook, headers: {}, rawBody })).toEqual([]);
  });

  test("the address to register shows where the token belongs, and not the token", () => {
    const url = "https://mail.shop.example/hooks/sendmode/cxn_1";
    expect(sendmodeAdapter.webhookUrl?.(url, { ...connection(""), secrets: {} })).toBe(
      `${url}?token=WEBHOOK-SECRET`,
    );
    expect(sendmodeAdapter.reportAnswer).toEqual({ status: 200, body: "True", contentType: "text/plain" });
  });
});
