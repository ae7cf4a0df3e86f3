/** Twilio: what goes over the wire, what each error code means, and that the vendor's client finds the fake to be Twilio. */
import twilio from "twilio";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { idMint } from "#domain/ports";
import { openTwilio, twilioTraits } from "#queues/providers/twilio/adapter";
import { readAnswer } from "#queues/providers/twilio/answer";
import { text, texts } from "../../contracts/provider.ts";
import { startTwilio, type TwilioFake, twilioAccount } from "../../fakes/twilio.ts";

const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));
const options = { idempotencyKey: "k", timeoutMs: 3_000 };

let fake: TwilioFake;
beforeEach(async () => {
  fake = await startTwilio();
});
afterEach(() => fake.stop());

function open(settings: Record<string, string> = {}) {
  const id = newId("cxn");
  const provider = openTwilio(
    { now: Date.now, env: { PUBLIC_ORIGIN: "https://mail.shop.example" } },
    {
      tenantId: newId("ten"),
      id,
      kind: "twilio",
      settings: { base_url: fake.baseUrl, account_sid: twilioAccount.sid, from: "+15005550006", ...settings },
      secrets: { auth_token: twilioAccount.token },
    },
  );
  return { id, provider };
}

describe("a text message by Twilio", () => {
  test("names sender, recipient, words, and where to report to", async () => {
    const { id, provider } = open();
    const one = text("+353871234567", { text: "Grüße & 100% = 🎉+" });
    await provider.send([one], options);
    expect(fake.taken).toMatchObject([
      {
        to: "+353871234567",
        from: "+15005550006",
        service: undefined,
        body: "Grüße & 100% = 🎉+",
        statusCallback: `https://mail.shop.example/hooks/twilio/${id}?mid=${one.messageId}`,
      },
    ]);
  });

  test("goes by a messaging service where one is set, and by the sender a message names", async () => {
    await open({ from: "", messaging_service_sid: twilioAccount.service }).provider.send(texts(1), options);
    await open().provider.send([text("+353871234567", { from: "Acme" })], options);
    expect(fake.taken.map(({ from, service }) => [from, service])).toEqual([
      [null, twilioAccount.service],
      ["Acme", undefined],
    ]);
  });

  test("is sent by three calls at once at most, the first alone", async () => {
    let release: () => void = () => undefined;
    const until = new Promise<void>((resolve) => (release = resolve));
    const { provider } = open();
    fake.faults.push({ kind: "slow", until: Promise.resolve() });
    for (let i = 0; i < 9; i++) fake.faults.push({ kind: "slow", until });
    const sent = provider.send(texts(10), options);
    await expect.poll(() => fake.requests.length).toBe(4);
    release();
    expect(await sent).toMatchObject({ kind: "settled" });
    expect(fake.taken.length).toBe(10);
  });
});

describe("what Twilio answers", () => {
  test.each([
    ["no number", "+1", /^21211: /],
    ["a landline", "+35318000000", /^21614: /],
  ])("%s fails that message alone", async (_what, to, reason) => {
    fake.account.landlines.add("+35318000000");
    const result = await open().provider.send([text("+353871234567"), text(to)], options);
    expect(result).toMatchObject({
      outcomes: [{ kind: "accepted" }, { kind: "failed", reason: expect.stringMatching(reason) }],
    });
    expect(result).not.toMatchObject({ outcomes: [{}, { optedOut: true }] });
  });

  test("who wrote STOP to Twilio is told apart: they want nothing more", async () => {
    fake.account.optedOut.add("+353871234567");
    expect(await open().provider.send([text("+353871234567")], options)).toEqual({
      kind: "settled",
      outcomes: [
        { kind: "failed", reason: "21610: Attempt to send to unsubscribed recipient", optedOut: true },
      ],
    });
  });

  test("a text that is too long fails, and says so", async () => {
    expect(
      await open().provider.send([text("+353871234567", { text: "a".repeat(1_601) })], options),
    ).toMatchObject({
      outcomes: [{ kind: "failed", reason: expect.stringContaining("1600") }],
    });
  });

  test.each([
    ["a sender that is not the account's", { from: "+353860000009" }, /^21659/],
    ["a name that is too long", { from: "AcmeShoesLimited" }, /^21212/],
    ["no sender at all", { from: "" }, /^21603/],
    ["a service that does not exist", { messaging_service_sid: `MG${"f".repeat(32)}` }, /^21701/],
    ["an account that does not exist", { account_sid: `AC${"f".repeat(32)}` }, /^20003/],
  ])("%s stops the connection: a person must act", async (_what, settings, reason) => {
    expect(await open(settings).provider.send(texts(2), options)).toMatchObject({
      kind: "refused",
      refusal: { kind: "rejected", reason: expect.stringMatching(reason) },
    });
    expect(fake.requests.length).toBe(1);
  });

  test("the day's limit is a spent quota, though it comes as too many requests", () => {
    const answer = (code: number) => ({
      kind: "answered" as const,
      status: 429,
      headers: new Headers(),
      text: JSON.stringify({ code, message: "Account exceeded the 50 daily messages limit", status: 429 }),
    });
    expect(readAnswer(answer(63038), 0)).toMatchObject({
      kind: "refused",
      refusal: { kind: "quota_spent", resetsInMs: 3_600_000, reason: expect.stringContaining("63038") },
    });
    expect(readAnswer(answer(20429), 0)).toMatchObject({ refusal: { kind: "rate_limited" } });
  });

  test("too fast in the middle of a batch: what was taken is taken, the others come later", async () => {
    fake.limits.requestsPerSecond = 4;
    const result = await open().provider.send(texts(10), options);
    if (result.kind !== "settled") throw new Error("refused");
    const kinds = result.outcomes.map((outcome) => outcome.kind);
    expect(kinds.filter((kind) => kind === "accepted").length).toBe(4);
    expect(kinds.filter((kind) => kind === "deferred").length).toBe(6);
    expect(fake.taken.length).toBe(4);
  });

  test.each(["before", "after"] as const)("a line cut %s it was carried out is unknown", async (when) => {
    fake.faults.push({ kind: "cut", when });
    expect(await open().provider.send(texts(1), options)).toMatchObject({ outcomes: [{ kind: "unknown" }] });
  });

  test("a 5xx is unknown: it may have been taken", async () => {
    fake.faults.push({ kind: "error", when: "after", status: 503 });
    expect(await open().provider.send(texts(1), options)).toMatchObject({ outcomes: [{ kind: "unknown" }] });
    expect(fake.taken.length).toBe(1);
  });
});

test("verifying asks for the account and for a sender, and texts nobody", async () => {
  expect(await open().provider.verify()).toEqual({ ok: true });
  expect(await open({ from: "" }).provider.verify()).toMatchObject({ ok: false });
  fake.account.status = "suspended";
  expect(await open().provider.verify()).toEqual({ ok: false, reason: "the account is suspended" });
  expect(fake.taken).toEqual([]);
});

test("a North American number begins with its one segment a second", () => {
  expect(twilioTraits({ from: "+15005550006" }).defaultRatePerSecond).toBe(1);
  expect(twilioTraits({ from: "+15005550006", messaging_service_sid: "MG1" }).defaultRatePerSecond).toBe(10);
  expect(twilioTraits({ from: "Acme" }).defaultRatePerSecond).toBe(10);
});

describe("Twilio's own client", () => {
  function client(token = twilioAccount.token) {
    const own = twilio(twilioAccount.sid, token);
    const request = own.httpClient.request.bind(own.httpClient);
    own.httpClient.request = (asked) =>
      request({ ...asked, uri: String(asked.uri).replace("https://api.twilio.com", fake.baseUrl) });
    return own;
  }

  test("sends by the fake and reads its message", async () => {
    const sent = await client().messages.create({ to: "+353871234567", from: "+15005550006", body: "Hi" });
    expect(sent).toMatchObject({ status: "queued", numSegments: "1", to: "+353871234567", errorCode: null });
    expect((await client().messages(sent.sid).fetch()).body).toBe("Hi");
    expect(fake.taken.length).toBe(1);
  });

  test("reads the fake's errors as Twilio's", async () => {
    fake.account.optedOut.add("+353871234567");
    const asked = { to: "+353871234567", from: "+15005550006", body: "Hi" };
    await expect(client().messages.create(asked)).rejects.toMatchObject({
      code: 21610,
      status: 400,
      moreInfo: "https://www.twilio.com/docs/errors/21610",
    });
    await expect(client("wrong").messages.create(asked)).rejects.toMatchObject({ code: 20003, status: 401 });
  });
});
