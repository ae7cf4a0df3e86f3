/** SES's fake, held against the vendor's own client, and SNS's messages against an independent validator. */
import { GetAccountCommand, SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import Validator from "sns-payload-validator";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { idMint } from "#domain/ports";
import { parseSesReport } from "#queues/providers/ses/report";
import { listenForPosts } from "../../fakes/doors.ts";
import { type SesFake, startSes } from "../../fakes/ses.ts";

const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));
let fake: SesFake;
beforeEach(async () => {
  fake = await startSes();
});
afterEach(() => fake.stop());

const client = (secretAccessKey = "test/secret+key", region = fake.region) =>
  new SESv2Client({
    endpoint: fake.baseUrl,
    region,
    credentials: { accessKeyId: "AKIATESTKEY", secretAccessKey },
    maxAttempts: 1,
  });
const command = (over: Partial<ConstructorParameters<typeof SendEmailCommand>[0]> = {}) =>
  new SendEmailCommand({
    FromEmailAddress: "Shop <news@shop.example>",
    Destination: { ToAddresses: ["a@x.example"] },
    Content: { Simple: { Subject: { Data: "s" }, Body: { Html: { Data: "<p>h</p>" } } } },
    ...over,
  });

describe("the fake, asked by the vendor's client", () => {
  test("takes a mail and gives its id", async () => {
    const tags = [{ Name: "lark_mid", Value: "m1" }];
    const answer = await client().send(command({ EmailTags: tags, ConfigurationSetName: "larkpost" }));
    expect(fake.taken).toMatchObject([
      {
        id: answer.MessageId,
        to: "a@x.example",
        html: "<p>h</p>",
        messageId: "m1",
        configurationSet: "larkpost",
      },
    ]);
  });

  test("takes attachments and headers as the client encodes them", async () => {
    const Simple = {
      Subject: { Data: "s" },
      Body: { Text: { Data: "t" } },
      Headers: [{ Name: "List-Unsubscribe", Value: "<https://x.example>" }],
      Attachments: [{ FileName: "a.txt", RawContent: new TextEncoder().encode("a") }],
    };
    await client().send(command({ Content: { Simple } }));
    expect(fake.taken[0]).toMatchObject({
      headers: { "List-Unsubscribe": "<https://x.example>" },
      attachments: [{ FileName: "a.txt", RawContent: "YQ==" }],
    });
  });

  test("says no by the names the client knows", async () => {
    const refused = (over: Parameters<typeof command>[0], name: string) =>
      expect(client().send(command(over))).rejects.toMatchObject({ name });
    await refused({ FromEmailAddress: "news@elsewhere.example" }, "MessageRejected");
    await refused({ Destination: { ToAddresses: ["nobody"] } }, "BadRequestException");
    await refused({ ConfigurationSetName: "other" }, "NotFoundException");
    await refused({ EmailTags: [{ Name: "a b", Value: "c" }] }, "BadRequestException");
    const fiftyOne = Array.from({ length: 51 }, (_, i) => `p${i}@x.example`);
    await refused({ Destination: { ToAddresses: fiftyOne } }, "BadRequestException");
    fake.limits.mailsPerSecond = 0;
    await refused({}, "TooManyRequestsException");
    fake.account.isPaused = true;
    await refused({}, "SendingPausedException");
    fake.account.isSuspended = true;
    await refused({}, "AccountSuspendedException");
    fake.faults.push({ kind: "error", when: "before", status: 503 });
    await refused({}, "InternalServiceErrorException");
    expect(fake.taken).toEqual([]);
  });

  test("believes the client's signature, and no other", async () => {
    await expect(client().send(new GetAccountCommand({}))).resolves.toMatchObject({ SendingEnabled: true });
    await expect(client("wrong").send(command())).rejects.toMatchObject({
      name: "InvalidSignatureException",
    });
    await expect(client("test/secret+key", "us-east-1").send(command())).rejects.toMatchObject({
      name: "InvalidSignatureException",
    });
    fake.keys.clear();
    await expect(client().send(command())).rejects.toMatchObject({ name: "UnrecognizedClientException" });
  });
});

describe("its reports", () => {
  test.each(["1", "2"] as const)(
    "of signature version %s hold before an independent validator",
    async (version) => {
      fake.topic.state.signatureVersion = version;
      const posts: { headers: Record<string, string>; body: string }[] = [];
      const sink = await listenForPosts(posts);
      fake.hooks.register(sink.url);
      await fake.hooks.deliver();
      const asked = JSON.parse(posts[0]?.body ?? "{}");
      await fake.topic.fetch(asked.SubscribeURL);
      const messageId = newId("msg");
      await client().send(command({ EmailTags: [{ Name: "lark_mid", Value: messageId }] }));
      const [taken] = fake.taken;
      if (!taken) throw new Error("nothing was taken");
      fake.hooks.note("Delivery", taken);
      fake.hooks.note("Bounce", taken);
      await fake.hooks.deliver({ order: "reversed", times: 2 });
      await sink.close();
      expect(posts).toHaveLength(5);
      // The validator fetches certificates from Amazon itself; what it has seen before it keeps.
      const validator = new Validator();
      const { certCache } = validator as unknown as { certCache: { set(url: string, pem: string): void } };
      certCache.set(fake.topic.certificateUrl, fake.topic.pem);
      for (const { headers, body } of posts) {
        expect(headers["content-type"]).toBe("text/plain; charset=UTF-8");
        const payload = JSON.parse(body);
        expect(headers["x-amz-sns-message-type"]).toBe(payload.Type);
        await expect(validator.validate(body)).resolves.toMatchObject({ TopicArn: fake.topic.arn });
        await expect(validator.validate({ ...payload, Message: `${payload.Message} ` })).rejects.toThrow();
      }
      const events = posts.flatMap(({ body }) => parseSesReport(body));
      expect(events.map((event) => event.kind)).toEqual(["bounced", "bounced", "delivered", "delivered"]);
      expect(new Set(events.map((event) => event.providerEventId)).size).toBe(2);
      for (const event of events) expect(event).toMatchObject({ messageId, providerMessageId: taken.id });
    },
  );

  test("come only to those who confirmed", async () => {
    await client().send(command());
    const [taken] = fake.taken;
    if (!taken) throw new Error("nothing was taken");
    fake.hooks.register("http://127.0.0.1:1/nobody");
    expect(fake.hooks.note("Delivery", taken)).toEqual([]);
  });
});
