/** Resend's fake, held against the vendor's own client. */
import { Resend } from "resend";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { idMint } from "#domain/ports";
import type { Connection } from "#queues/providers/index";
import { resendAdapter } from "#queues/providers/resend";
import { parseResendReport } from "#queues/providers/resend-report";
import { listenForPosts } from "../../fakes/doors.ts";
import { type ResendFake, startResend } from "../../fakes/resend.ts";

const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));
let clockMs = Date.now();
let fake: ResendFake;
beforeEach(async () => {
  clockMs = Date.now();
  fake = await startResend({ now: () => clockMs });
});
afterEach(() => fake.stop());
const client = (key = "re_test_full") => new Resend(key, { baseUrl: fake.baseUrl });

describe("the fake, asked by the vendor's client", () => {
  const mail = { from: "Shop <news@shop.example>", to: "a@x.example", subject: "s", html: "<p>h</p>" };

  test("takes a mail once per key for 24 hours, and no longer", async () => {
    const first = await client().emails.send(mail, { idempotencyKey: "k" });
    clockMs += 23 * 3_600_000;
    expect((await client().emails.send(mail, { idempotencyKey: "k" })).data).toEqual(first.data);
    expect(
      (await client().emails.send({ ...mail, subject: "other" }, { idempotencyKey: "k" })).error?.name,
    ).toBe("invalid_idempotent_request");
    expect(fake.taken).toHaveLength(1);
    clockMs += 2 * 3_600_000;
    await client().emails.send(mail, { idempotencyKey: "k" });
    expect(fake.taken).toHaveLength(2);
  });

  test("a strict batch with one bad mail takes none, a permissive one takes the others and says which", async () => {
    const bad = { ...mail, to: "nobody" };
    const strict = await client().batch.send([mail, bad, mail]);
    expect(strict.error?.statusCode).toBe(422);
    expect(fake.taken).toHaveLength(0);
    const permissive = await client().batch.send([mail, bad, mail], { batchValidation: "permissive" });
    expect(permissive.data?.data).toHaveLength(2);
    expect(permissive.data).toMatchObject({ errors: [{ index: 1, message: expect.any(String) }] });
    expect(fake.taken).toHaveLength(2);
  });

  test("speaks of limits in headers and of refusals by name", async () => {
    fake.limits.requestsPerSecond = 1;
    const first = await client().emails.send(mail);
    expect(first.headers).toMatchObject({
      "ratelimit-limit": "1",
      "ratelimit-remaining": "0",
      "ratelimit-reset": "1",
    });
    const second = await client().emails.send(mail);
    expect(second).toMatchObject({
      error: { name: "rate_limit_exceeded", statusCode: 429 },
      headers: { "retry-after": "1" },
    });
    clockMs += 1_000;
    expect((await client("re_no").emails.send(mail)).error?.name).toBe("invalid_api_key");
    clockMs += 1_000;
    expect((await client("re_test_sending").domains.list()).error?.name).toBe("restricted_api_key");
    clockMs += 1_000;
    expect((await client().batch.send(Array(101).fill(mail))).error?.statusCode).toBe(422);
  });

  test("signs reports as the client verifies them, also while the secret is rotated", async () => {
    const posts: { headers: Record<string, string>; body: string }[] = [];
    const sink = await listenForPosts(posts);
    const made = await client().webhooks.create({
      endpoint: sink.url,
      events: ["email.delivered", "email.bounced"],
    });
    const secret = made.data?.signing_secret ?? "";
    const messageId = newId("msg");
    await client().emails.send({ ...mail, tags: [{ name: "mid", value: messageId }] });
    const [taken] = fake.taken;
    if (!taken) throw new Error("nothing was taken");
    const [report] = fake.hooks.note("email.delivered", taken);
    fake.hooks.note("email.bounced", taken, {
      bounce: { message: "gone", type: "Permanent", subType: "General" },
    });
    fake.hooks.note("email.opened", taken);
    if (report) fake.hooks.rotate(report.endpoint);
    clockMs = Date.now();
    await fake.hooks.deliver({ order: "reversed", times: 2 });
    await sink.close();
    expect(posts).toHaveLength(4);
    for (const { headers, body } of posts) {
      const signed = {
        id: headers["svix-id"] ?? "",
        timestamp: headers["svix-timestamp"] ?? "",
        signature: headers["svix-signature"] ?? "",
      };
      expect(
        client().webhooks.verify({ payload: body, headers: signed, webhookSecret: secret }),
      ).toMatchObject({ data: {} });
      const genuine = (rawBody: string) => {
        const request = { method: "POST", url: "https://x.example/hooks", headers, rawBody };
        const connection = { secrets: { webhook_secret: secret } } as Connection;
        return resendAdapter.verifyReport(request, connection, { now: Date.now, fetch });
      };
      expect(await genuine(body)).toBe(true);
      expect(await genuine(body.replace("shop", "shap"))).toBe(false);
    }
    const events = posts.flatMap(({ headers, body }) => parseResendReport(headers, body));
    expect(events.map((event) => event.kind)).toEqual(["bounced", "bounced", "delivered", "delivered"]);
    expect(new Set(events.map((event) => event.providerEventId)).size).toBe(2);
    for (const event of events) expect(event).toMatchObject({ messageId, providerMessageId: taken.id });
  });
});
