/** Postmark's fake, held against the vendor's own client. */
import { ServerClient } from "postmark";
import { describe, expect, test } from "vitest";
import { postmarkAdapter } from "#queues/providers/postmark/adapter";
import { letter } from "../../contracts/provider.ts";
import { listenForPosts } from "../../fakes/doors.ts";
import type { PostmarkFake } from "../../fakes/postmark.ts";
import { connectionTo, send, serve } from "./postmark-support.ts";

const client = (fake: PostmarkFake, token = "postmark-test-token") =>
  new ServerClient(token, { useHttps: false, requestHost: new URL(fake.baseUrl).host });
const mail = { From: "Shop <news@shop.example>", To: "a@x.example", Subject: "s", TextBody: "t" };

describe("the fake, asked by the vendor's client", () => {
  test("takes one mail and a batch, and answers as the client reads it", async () => {
    const fake = await serve();
    const one = await client(fake).sendEmail({ ...mail, Metadata: { mid: "m1" } });
    expect(one).toMatchObject({
      ErrorCode: 0,
      Message: "OK",
      To: "a@x.example",
      MessageID: fake.taken[0]?.id,
    });
    const many = await client(fake).sendEmailBatch([mail, { ...mail, To: "nobody" }, mail]);
    expect(many.map(({ ErrorCode }) => ErrorCode)).toEqual([0, 300, 0]);
    expect(fake.taken).toHaveLength(3);
    expect((await client(fake).getServer()).ID).toBe(23);
    expect((await client(fake).getMessageStream("broadcast")).ID).toBe("broadcast");
  });

  test("refuses by the names the client gives to its errors", async () => {
    const fake = await serve();
    fake.account.inactive.add("gone@x.example");
    const error = (promise: Promise<unknown>) =>
      promise.then(
        () => "none",
        (e: Error) => e.name,
      );
    expect(await error(client(fake, "wrong").sendEmail(mail))).toBe("InvalidAPIKeyError");
    expect(await error(client(fake).sendEmail({ ...mail, To: "nobody" }))).toBe("InvalidEmailRequestError");
    expect(await error(client(fake).sendEmail({ ...mail, To: "gone@x.example" }))).toBe(
      "InactiveRecipientsError",
    );
    expect(await error(client(fake).sendEmailBatch(Array(501).fill(mail)))).toBe("ApiInputError");
    fake.faults.push({ kind: "rate_limited" }, { kind: "error", when: "before", status: 500 });
    expect(await error(client(fake).sendEmail(mail))).toBe("RateLimitExceededError");
    expect(await error(client(fake).sendEmail(mail))).toBe("InternalServerError");
    expect(fake.taken).toEqual([]);
  });

  test("reports with the password of the address, until it is answered with 200, in any order and twice", async () => {
    const fake = await serve();
    const sent = letter("ann@people.example");
    await send(fake, [sent]);
    const [taken] = fake.taken;
    if (!taken) throw new Error("nothing was taken");
    const posts: { headers: Record<string, string>; body: string }[] = [];
    const sink = await listenForPosts(posts);
    fake.hooks.register(sink.url.replace("://", "://larkpost:p%40ss@"));
    fake.hooks.note("Delivery", taken);
    fake.hooks.note("Bounce", taken, { Type: "SoftBounce" });
    fake.hooks.note("SubscriptionChange", taken);
    // The sink answers 204, which is not enough for Postmark: all of it comes again.
    await fake.hooks.deliver({ order: "reversed", times: 2 });
    await fake.hooks.deliver();
    await sink.close();
    expect(posts).toHaveLength(9);
    const connection = connectionTo(fake, { secrets: { api_key: "k", webhook_secret: "p@ss" } });
    const requests = posts.map(({ headers, body }) => ({
      method: "POST",
      url: sink.url,
      headers,
      rawBody: body,
    }));
    for (const request of requests)
      expect(await postmarkAdapter.verifyReport(request, connection, { now: Date.now, fetch })).toBe(true);
    const events = requests.flatMap((request) => postmarkAdapter.parseReport(request));
    expect(events.slice(0, 6).map(({ kind }) => kind)).toEqual([
      ...["unsubscribed", "unsubscribed", "bounced", "bounced", "delivered", "delivered"],
    ]);
    expect(new Set(events.map(({ providerEventId }) => providerEventId)).size).toBe(3);
    for (const event of events)
      expect(event).toMatchObject({
        messageId: sent.messageId,
        providerMessageId: taken.id,
        recipient: "ann@people.example",
      });
  });
});
