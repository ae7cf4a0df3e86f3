/** SendGrid's fake, held against the vendor's own client and the vendor's own verifier. */
import { EventWebhook } from "@sendgrid/eventwebhook";
import { MailService } from "@sendgrid/mail";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { idMint } from "#domain/ports";
import type { Connection } from "#queues/providers/connection";
import { sendgridAdapter } from "#queues/providers/sendgrid/adapter";
import { listenForPosts } from "../../fakes/doors.ts";
import { type SendgridFake, startSendgrid } from "../../fakes/sendgrid.ts";

const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));
let clockMs = Date.now();
let fake: SendgridFake;
beforeEach(async () => {
  clockMs = Date.now();
  fake = await startSendgrid({ now: () => clockMs });
});
afterEach(() => fake.stop());

function client(key = "SG.test.full") {
  const mail = new MailService();
  mail.setApiKey(key);
  // The package types its client as an interface without this method.
  const inner = (mail as unknown as { client: { setDefaultRequest(name: string, value: unknown): void } })
    .client;
  inner.setDefaultRequest("baseUrl", fake.baseUrl);
  return mail;
}
const mail = {
  from: "Shop <news@shop.example>",
  to: "a@x.example",
  subject: "s",
  text: "t",
  html: "<p>h</p>",
};
/** How the client reports a refusal. */
const refusal = (status: number, field?: string) => ({
  code: status,
  response: { body: { errors: [field ? { field } : {}] } },
});

describe("the fake, asked by the vendor's client", () => {
  test("takes a mail with 202, an empty body, one id for the call and the limits in its headers", async () => {
    const [answer] = await client().send(mail);
    expect(answer.statusCode).toBe(202);
    expect(answer.body).toBe("");
    expect(answer.headers).toMatchObject({
      "x-message-id": fake.taken[0]?.callId,
      "x-ratelimit-limit": "10000",
      "x-ratelimit-remaining": "9999",
    });
    expect(fake.taken[0]).toMatchObject({ to: "a@x.example", from: "news@shop.example", html: "<p>h</p>" });
  });

  test("puts the client's substitutions in, for each personalization its own", async () => {
    await client().send({
      ...mail,
      to: undefined,
      subject: "Hi ~n;",
      html: "<p>~n;, ~n;</p>",
      substitutionWrappers: ["~", ";"],
      personalizations: [
        { to: "a@x.example", substitutions: { n: "Ada" }, customArgs: { lark_mid: "1" } },
        { to: "b@x.example", substitutions: { n: "Bob & $&" }, customArgs: { lark_mid: "2" } },
      ],
    });
    expect(fake.taken.map((m) => [m.to, m.subject, m.html, m.messageId])).toEqual([
      ["a@x.example", "Hi Ada", "<p>Ada, Ada</p>", "1"],
      ["b@x.example", "Hi Bob & $&", "<p>Bob & $&, Bob & $&</p>", "2"],
    ]);
    expect(new Set(fake.taken.map((m) => m.callId)).size).toBe(1);
  });

  test("refuses with the field at fault, and takes nothing of the call", async () => {
    const personalizations = [{ to: "a@x.example" }, { to: "nobody" }];
    await expect(client().send({ ...mail, to: undefined, personalizations })).rejects.toMatchObject(
      refusal(400, "personalizations.1.to.0.email"),
    );
    await expect(client().send({ ...mail, from: "news@elsewhere.example" })).rejects.toMatchObject(
      refusal(403, "from"),
    );
    await expect(client().send({ ...mail, headers: { Subject: "x" } })).rejects.toMatchObject(
      refusal(400, "headers.Subject"),
    );
    const thousandAndOne = Array.from({ length: 1_001 }, (_, i) => ({ to: `p${i}@x.example` }));
    await expect(
      client().send({ ...mail, to: undefined, personalizations: thousandAndOne }),
    ).rejects.toMatchObject(refusal(400, "personalizations"));
    await expect(
      client().send({
        ...mail,
        to: undefined,
        personalizations: [{ to: "a@x.example", substitutions: { n: "x".repeat(10_001) } }],
      }),
    ).rejects.toMatchObject(refusal(400, "personalizations.0.substitutions"));
    expect(fake.taken).toEqual([]);
  });

  test("knows keys, scopes, the second's limit and sandbox mode", async () => {
    await expect(client("SG.no").send(mail)).rejects.toMatchObject(refusal(401));
    await expect(client("SG.test.reader").send(mail)).rejects.toMatchObject(refusal(403));
    const [tried] = await client().send({ ...mail, mailSettings: { sandboxMode: { enable: true } } });
    expect(tried.statusCode).toBe(200);
    expect(fake.taken).toEqual([]);
    fake.limits.requestsPerSecond = 1;
    clockMs += 1_000;
    await client().send(mail);
    await expect(client().send(mail)).rejects.toMatchObject({
      code: 429,
      response: {
        headers: {
          "x-ratelimit-remaining": "0",
          "x-ratelimit-reset": String(Math.ceil((clockMs + 1_000) / 1_000)),
        },
        body: { errors: [{ field: null, message: "too many requests" }] },
      },
    });
  });
});

describe("reports", () => {
  test("are signed as the vendor's verifier and ours both read it; altered ones are refused by both", async () => {
    const posts: { headers: Record<string, string>; body: string }[] = [];
    const sink = await listenForPosts(posts);
    const { publicKey } = fake.hooks.register(sink.url);
    const messageId = newId("msg");
    await client().send({ ...mail, customArgs: { lark_mid: messageId } });
    const [taken] = fake.taken;
    if (!taken) throw new Error("nothing was taken");
    fake.hooks.note("delivered", taken);
    fake.hooks.note("bounce", taken, { sg_message_id: undefined, reason: "später — 名前" });
    fake.hooks.noteAccount("compliance_suspend");
    await fake.hooks.deliver({ order: "reversed", times: 2 });
    await sink.close();
    expect(posts).toHaveLength(2);
    const vendor = new EventWebhook();
    for (const { headers, body } of posts) {
      expect(body.endsWith("}]\r\n")).toBe(true);
      const vendorSays = (text: string) =>
        vendor.verifySignature(
          vendor.convertPublicKeyToECDSA(publicKey),
          text,
          headers["x-twilio-email-event-webhook-signature"] ?? "",
          headers["x-twilio-email-event-webhook-timestamp"] ?? "",
        );
      const weSay = (rawBody: string, key = publicKey, nowMs = clockMs) =>
        sendgridAdapter.verifyReport(
          { method: "POST", url: "https://x.example/hooks", headers, rawBody },
          { secrets: { webhook_secret: key } } as Connection,
          { now: () => nowMs, fetch },
        );
      expect([vendorSays(body), await weSay(body)]).toEqual([true, true]);
      expect(await weSay(body, `-----BEGIN PUBLIC KEY-----\n${publicKey}\n-----END PUBLIC KEY-----\n`)).toBe(
        true,
      );
      for (const altered of [body.trimEnd(), body.replace("delivered", "delivereD"), ` ${body}`])
        expect([vendorSays(altered), await weSay(altered)]).toEqual([false, false]);
      expect(await weSay(body, fake.hooks.register("https://other.example").publicKey)).toBe(false);
      expect(await weSay(body, "")).toBe(false);
      expect(await weSay(body, "not a key")).toBe(false);
      // Brought again for a day; older is stale, and so is what comes from the future.
      expect(await weSay(body, publicKey, clockMs + 24.5 * 3_600_000)).toBe(true);
      expect(await weSay(body, publicKey, clockMs + 26 * 3_600_000)).toBe(false);
      expect(await weSay(body, publicKey, clockMs - 6 * 60_000)).toBe(false);
    }
    const events = posts.flatMap(({ headers, body }) =>
      sendgridAdapter.parseReport({ method: "POST", url: "", headers, rawBody: body }),
    );
    expect(events.map((event) => event.kind)).toEqual(["bounced", "delivered", "bounced", "delivered"]);
    expect(new Set(events.map((event) => event.providerEventId)).size).toBe(2);
    for (const event of events) expect(event.messageId).toBe(messageId);
  });

  test("are brought again until they are taken", async () => {
    fake.hooks.register("http://127.0.0.1:1/nobody");
    await client().send(mail);
    const [taken] = fake.taken;
    if (!taken) throw new Error("nothing was taken");
    fake.hooks.note("open", taken);
    await fake.hooks.deliver();
    expect(fake.hooks.endpoints[0]?.noted[0]).toMatchObject({ posts: 1, status: undefined });
    await fake.hooks.deliver();
    expect(fake.hooks.endpoints[0]?.noted[0]?.posts).toBe(2);
  });
});
