/** Mailgun's fake, held against the vendor's own client. */
import Mailgun from "mailgun.js";
import { describe, expect, test } from "vitest";
import { mailgunAdapter } from "#queues/providers/mailgun/adapter";
import { listenForPosts } from "../../fakes/doors.ts";
import type { MailgunFake } from "../../fakes/mailgun.ts";
import { connectionTo, merged, send, serve } from "./mailgun-support.ts";

const client = (fake: MailgunFake, key = "key-full") =>
  new Mailgun(FormData).client({ username: "api", key, url: fake.baseUrl });
const mail = { from: "Shop <news@shop.example>", subject: "s", text: "t" };

describe("the fake, asked by the vendor's client", () => {
  test("takes a mail, and many with variables of their own", async () => {
    const fake = await serve();
    const one = await client(fake).messages.create(fake.domain, { ...mail, to: ["a@x.example"] });
    expect(one).toMatchObject({ status: 200, message: "Queued. Thank you.", id: `<${fake.taken[0]?.id}>` });
    await client(fake).messages.create(fake.domain, {
      ...mail,
      to: ["b@x.example", "Cy <c@x.example>"],
      subject: "Hey %recipient.first% %recipient.missing%",
      "v:mid": "%recipient.mid%",
      "h:X-Larkpost-Message": "%recipient.mid%",
      "recipient-variables": JSON.stringify({
        "b@x.example": { first: "Bo", mid: "m1" },
        "c@x.example": { first: "%recipient.mid%", mid: "m2" },
      }),
    });
    expect(fake.taken.slice(1)).toMatchObject([
      {
        recipient: "b@x.example",
        to: ["b@x.example"],
        subject: "Hey Bo %recipient.missing%",
        messageId: "m1",
      },
      {
        recipient: "c@x.example",
        subject: "Hey %recipient.mid% %recipient.missing%",
        variables: { mid: "m2" },
      },
    ]);
    expect((await client(fake).domains.get(fake.domain)).state).toBe("active");
  });

  test("without variables everybody sees everybody", async () => {
    const fake = await serve();
    await client(fake).messages.create(fake.domain, { ...mail, to: ["a@x.example", "b@x.example"] });
    expect(fake.taken.map(({ to }) => to.length)).toEqual([2, 2]);
  });

  test("refuses with Mailgun's words and statuses", async () => {
    const fake = await serve();
    type Said = { status?: number; details?: string };
    const said = (promise: Promise<unknown>): Promise<Said> =>
      promise.then(
        () => ({}),
        (e: Said) => e,
      );
    const create = (fields: object, key?: string, domain = fake.domain) =>
      said(client(fake, key).messages.create(domain, { ...mail, to: ["a@x.example"], ...fields } as never));
    expect(await create({}, "wrong")).toMatchObject({ status: 401 });
    expect(await create({}, "key-full", "other.example")).toMatchObject({ status: 404 });
    expect(await create({ to: ["nobody"] })).toMatchObject({
      status: 400,
      details: expect.stringContaining("to parameter is not a valid address"),
    });
    const crowd = Array.from({ length: 1_001 }, (_, i) => `p${i}@x.example`);
    expect(await create({ to: crowd })).toMatchObject({ details: "Too many recipients; max is 1000" });
    expect(await create({ "v:big": "x".repeat(17_000) })).toMatchObject({
      details: expect.stringContaining("16 kB"),
    });
    fake.faults.push({ kind: "rate_limited" });
    expect(await create({})).toMatchObject({ status: 429 });
    expect(fake.taken).toEqual([]);
  });

  test("signs its reports, repeats them until 200, in any order and twice", async () => {
    const fake = await serve();
    const sent = [merged("ann@people.example", "Ann"), merged("bo@people.example", "Bo")];
    await send(fake, sent);
    const posts: { headers: Record<string, string>; body: string }[] = [];
    const sink = await listenForPosts(posts);
    fake.hooks.register(sink.url);
    for (const taken of fake.taken) fake.hooks.note("delivered", taken);
    for (const taken of fake.taken) fake.hooks.note("failed", taken);
    // The sink answers 204, which is not enough for Mailgun: all of it comes again.
    await fake.hooks.deliver({ order: "reversed", times: 2 });
    await fake.hooks.deliver();
    await sink.close();
    expect(posts).toHaveLength(12);
    const { signingKey } = fake.hooks;
    const connection = connectionTo(fake, { secrets: { api_key: "k", webhook_secret: signingKey } });
    const requests = posts.map(({ headers, body }) => ({
      method: "POST",
      url: sink.url,
      headers,
      rawBody: body,
    }));
    const isGenuine = (rawBody: string, i: number) =>
      mailgunAdapter.verifyReport(
        { ...(requests[i] ?? { method: "POST", url: "", headers: {} }), rawBody },
        connection,
        { now: Date.now, fetch },
      );
    for (const [i, { rawBody }] of requests.entries()) {
      expect(await isGenuine(rawBody, i)).toBe(true);
      expect(await isGenuine(rawBody.replace("people.example", "people.test"), i)).toBe(false);
    }
    const events = requests.flatMap((request) => mailgunAdapter.parseReport(request));
    expect(new Set(events.map(({ providerEventId }) => providerEventId)).size).toBe(4);
    expect(new Set(events.map(({ kind }) => kind))).toEqual(new Set(["delivered", "bounced"]));
    for (const event of events) {
      const mine = sent.find(({ messageId }) => messageId === event.messageId);
      expect(mine?.to.email).toBe(event.recipient);
    }
  });
});
