/** Resend beyond the contract: its errors, its reports, and the fake held against the vendor's own client. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Resend } from "resend";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { idMint } from "#domain/ports";
import type { BatchResult } from "#domain/sending/provider";
import { openResend, parseResendReport, verifyResendSignature } from "#queues/providers/resend";
import { verdictOn } from "#queues/providers/resend-errors";
import { letter, letters } from "../../contracts/provider.ts";
import { type ResendFake, startResend } from "../../fakes/resend.ts";

const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));
const tenantId = newId("ten");
let clockMs = Date.UTC(2026, 10, 22, 18);
let fake: ResendFake;
beforeEach(async () => {
  clockMs = Date.UTC(2026, 10, 22, 18);
  fake = await startResend({ now: () => clockMs });
});
afterEach(() => fake.stop());

const provider = (apiKey = "re_test_full") =>
  openResend(
    { now: Date.now },
    {
      tenantId,
      id: newId("cxn"),
      kind: "resend",
      settings: { base_url: `${fake.baseUrl}/` },
      secrets: { api_key: apiKey },
    },
  );
const options = (idempotencyKey: string, timeoutMs = 5_000) => ({ idempotencyKey, timeoutMs });
const kinds = (result: BatchResult) =>
  result.kind === "settled" ? result.outcomes.map((o) => o.kind) : [result.refusal.kind];
const client = (key = "re_test_full") => new Resend(key, { baseUrl: fake.baseUrl });

describe("a batch", () => {
  test("is one request, with our ids as tags and header, and each recipient alone", async () => {
    const batch = letters(100);
    await provider().send(batch, options("k"));
    expect(fake.requests).toHaveLength(1);
    expect(fake.requests[0]?.headers).toMatchObject({
      "idempotency-key": "k",
      authorization: "Bearer re_test_full",
    });
    fake.taken.forEach((mail, i) => {
      expect(mail.to).toEqual([batch[i]?.to.email]);
      expect(mail.tags).toEqual({ mid: batch[i]?.messageId, tid: tenantId });
      expect(mail.headers["X-Larkpost-Message"]).toBe(batch[i]?.messageId);
    });
  });

  test("several poison recipients anywhere sink nobody", async () => {
    const batch = letters(20).map((mail, i) => (i % 7 === 3 ? letter("not an address") : mail));
    const result = await provider().send(batch, options("k"));
    expect(kinds(result)).toEqual(batch.map((_m, i) => (i % 7 === 3 ? "failed" : "accepted")));
  });

  test("a server that knows only strict batches is halved until the poison stands alone, the same way again", async () => {
    const strict = strictOnly(fake);
    const base = await strict.listen();
    const strictProvider = openResend(
      { now: Date.now },
      {
        tenantId,
        id: newId("cxn"),
        kind: "resend",
        settings: { base_url: base },
        secrets: { api_key: "re_test_full" },
      },
    );
    const batch = letters(9).map((mail, i) => (i === 4 ? letter("not an address") : mail));
    const first = await strictProvider.send(batch, options("k"));
    expect(kinds(first)).toEqual(batch.map((_m, i) => (i === 4 ? "failed" : "accepted")));
    expect(await strictProvider.send(batch, options("k"))).toEqual(first);
    expect(fake.taken).toHaveLength(8);
    await strict.close();
  });

  test("a refusal in the middle of the halving never says that a mail can go under another key", async () => {
    const strict = strictOnly(fake, { rateLimitFrom: 4 });
    const base = await strict.listen();
    const strictProvider = openResend(
      { now: Date.now },
      {
        tenantId,
        id: newId("cxn"),
        kind: "resend",
        settings: { base_url: base },
        secrets: { api_key: "re_test_full" },
      },
    );
    const batch = letters(8).map((mail, i) => (i === 5 ? letter("not an address") : mail));
    const result = await strictProvider.send(batch, options("k"));
    expect(result.kind).toBe("settled");
    expect(kinds(result).slice(0, 4)).toEqual(Array(4).fill("accepted"));
    expect(kinds(result)).not.toContain("deferred");
    await strict.close();
  });
});

describe("trouble", () => {
  test.each([
    ["hang", "before", 0],
    ["hang", "after", 2],
    ["cut", "before", 0],
    ["cut", "after", 2],
  ] as const)(
    "an answer lost by %s %s the taking is unknown; asked again, all is taken once",
    async (kind, when, taken) => {
      const batch = letters(2);
      fake.faults.push({ kind, when });
      expect(kinds(await provider().send(batch, options("k", 600)))).toEqual(["unknown", "unknown"]);
      expect(fake.taken).toHaveLength(taken);
      expect(kinds(await provider().send(batch, options("k")))).toEqual(["accepted", "accepted"]);
      expect(fake.taken).toHaveLength(2);
    },
  );

  test.each([500, 502, 503] as const)("%i leaves the outcome unknown", async (status) => {
    fake.faults.push({ kind: "error", when: "after", status });
    expect(kinds(await provider().send(letters(1), options("k")))).toEqual(["unknown"]);
  });

  test("while the first request still runs the same key waits for its answer", async () => {
    let finish: () => void = () => undefined;
    fake.faults.push({ kind: "slow", until: new Promise<void>((resolve) => (finish = resolve)) });
    const batch = letters(1);
    const first = provider().send(batch, options("k"));
    while (fake.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const second = provider().send(batch, options("k"));
    while (fake.requests.length < 2) await new Promise((resolve) => setImmediate(resolve));
    finish();
    expect(await second).toEqual(await first);
    expect(fake.taken).toHaveLength(1);
  });

  test("a key that stays busy is unknown, not taken for a refusal", async () => {
    let finish: () => void = () => undefined;
    fake.faults.push({ kind: "slow", until: new Promise<void>((resolve) => (finish = resolve)) });
    const batch = letters(1);
    const first = provider().send(batch, options("k"));
    while (fake.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(kinds(await provider().send(batch, options("k", 700)))).toEqual(["unknown"]);
    finish();
    await first;
  });

  test("a spent quota says when to come back", async () => {
    fake.limits.dailyQuota = 1;
    const result = await openResend(
      { now: () => clockMs },
      {
        tenantId,
        id: newId("cxn"),
        kind: "resend",
        settings: { base_url: fake.baseUrl },
        secrets: { api_key: "re_test_full" },
      },
    ).send(letters(2), options("k"));
    // 18:00 UTC: six hours to midnight.
    expect(result).toMatchObject({ refusal: { kind: "quota_spent", resetsInMs: 6 * 3_600_000 } });
    expect(fake.taken).toEqual([]);
  });

  test("the limit of requests a second names its wait in the headers", async () => {
    fake.limits.requestsPerSecond = 1;
    await provider().send(letters(1), options("a"));
    expect(await provider().send(letters(1), options("b"))).toMatchObject({
      refusal: { kind: "rate_limited", retryAfterMs: 1_000 },
    });
  });

  test("a sender's domain that is not verified concerns the connection", async () => {
    const mail = letter("a@x.example", { from: { email: "news@elsewhere.example" } });
    expect(await provider().send([mail], options("k"))).toMatchObject({ refusal: { kind: "rejected" } });
  });

  test("a key that may only send is proved by its own refusal", async () => {
    expect(await provider("re_test_sending").verify()).toEqual({ ok: true });
    expect(await provider("re_wrong").verify()).toMatchObject({ ok: false });
    expect(await provider("").verify()).toMatchObject({ ok: false });
  });
});

describe("every error Resend documents has its meaning", () => {
  test.each([
    [400, "invalid_idempotency_key", "rejected"],
    [400, "validation_error", "poisoned"],
    [401, "missing_api_key", "rejected"],
    [401, "restricted_api_key", "rejected"],
    [403, "invalid_api_key", "rejected"],
    [403, "validation_error", "rejected"],
    [404, "not_found", "rejected"],
    [405, "method_not_allowed", "rejected"],
    [409, "invalid_idempotent_request", "unknown"],
    [409, "concurrent_idempotent_requests", "running"],
    [413, "validation_error", "poisoned"],
    [422, "missing_required_field", "poisoned"],
    [422, "invalid_parameter", "poisoned"],
    [422, "validation_error", "poisoned"],
    [422, "invalid_from_address", "rejected"],
    [429, "rate_limit_exceeded", "rate_limited"],
    [429, "daily_quota_exceeded", "quota_spent"],
    [429, "monthly_quota_exceeded", "quota_spent"],
    [451, "security_error", "rejected"],
    [500, "application_error", "unknown"],
    [500, "internal_server_error", "unknown"],
    [null, "application_error", "unknown"],
  ])("%s %s is %s", (statusCode, name, meaning) => {
    const verdict = verdictOn({ statusCode, name, message: "m" }, { "retry-after": "3" }, clockMs);
    expect(verdict.kind === "refused" ? verdict.refusal.kind : verdict.kind).toBe(meaning);
  });
});

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
      expect(await verifyResendSignature(headers, body, secret, Date.now())).toBe(true);
      expect(await verifyResendSignature(headers, body.replace("shop", "shap"), secret, Date.now())).toBe(
        false,
      );
    }
    const events = posts.flatMap(({ headers, body }) => parseResendReport(headers, body));
    expect(events.map((event) => event.kind)).toEqual(["bounced", "bounced", "delivered", "delivered"]);
    expect(new Set(events.map((event) => event.providerEventId)).size).toBe(2);
    for (const event of events) expect(event).toMatchObject({ messageId, providerMessageId: taken.id });
  });
});

describe("reports in our words", () => {
  const mid = newId("msg");
  const report = (type: string, data: object = {}) =>
    parseResendReport(
      { "svix-id": "msg_1" },
      JSON.stringify({
        type,
        created_at: "2026-11-01T10:00:02.101Z",
        data: { email_id: "e1", to: ["a@x.example"], tags: { mid, tid: "t" }, ...data },
      }),
    );

  test.each([
    ["email.sent", "accepted"],
    ["email.delivered", "delivered"],
    ["email.delivery_delayed", "deferred"],
    ["email.complained", "complained"],
    ["email.bounced", "bounced"],
    ["email.suppressed", "bounced"],
    ["email.opened", "opened"],
    ["email.clicked", "clicked"],
    ["email.failed", "failed"],
  ])("%s is %s", (type, kind) => {
    expect(report(type)).toEqual([
      expect.objectContaining({
        kind,
        providerEventId: "msg_1",
        messageId: mid,
        providerMessageId: "e1",
        recipient: "a@x.example",
        atMs: Date.UTC(2026, 10, 1, 10, 0, 2, 101),
      }),
    ]);
  });
  test.each([
    [{ type: "Permanent", subType: "General", message: "m" }, "hard"],
    [{ type: "Transient", subType: "MailboxFull", message: "m" }, "soft"],
    [{ type: "Undetermined", message: "m" }, "soft"],
    [{ type: "Transient", subType: "ContentRejected", message: "m" }, "block"],
    [{ message: "only words, as in 2023" }, "soft"],
  ])("a bounce of %j is %s", (bounce, wanted) => {
    expect(report("email.bounced", { bounce })).toMatchObject([{ bounce: wanted }]);
  });
  test("a click carries its link, address and program", () => {
    const click = {
      ipAddress: "198.18.0.1",
      link: "https://x.example",
      timestamp: "2026-11-01T10:00:09.000Z",
      userAgent: "UA",
    };
    expect(report("email.clicked", { click })).toMatchObject([
      { url: "https://x.example", ip: "198.18.0.1", userAgent: "UA", atMs: Date.UTC(2026, 10, 1, 10, 0, 9) },
    ]);
  });
  test("the list form of tags is read as well, and foreign mail has no id of ours", () => {
    expect(report("email.sent", { tags: [{ name: "mid", value: mid }] })).toMatchObject([{ messageId: mid }]);
    expect(report("email.sent", { tags: { mid: "somebody-else" } })).toMatchObject([
      { messageId: undefined },
    ]);
    expect(report("email.sent", { tags: undefined })).toMatchObject([{ messageId: undefined }]);
  });
  test.each(["domain.updated", "contact.created", "email.scheduled", "email.received"])(
    "%s concerns nobody's mail",
    (type) => {
      expect(report(type)).toEqual([]);
    },
  );
  test.each([
    "",
    "null",
    "[]",
    "{}",
    '{"type":1}',
    '{"type":"email.sent","data":null}',
    "\u0000",
    '{"type":"email.sent","created_at":"never","data":{}}',
  ])("what is no report says nothing: %j", (raw) => {
    expect(parseResendReport({}, raw)).toEqual([]);
  });
});

/** The fake behind a door that lets nothing but strict batches through. */
function strictOnly(behind: ResendFake, options: { rateLimitFrom?: number } = {}) {
  let count = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    count++;
    if (options.rateLimitFrom !== undefined && count >= options.rateLimitFrom) {
      response.writeHead(429, { "retry-after": "2" });
      return response.end(
        JSON.stringify({ statusCode: 429, name: "rate_limit_exceeded", message: "slow down" }),
      );
    }
    const headers = new Headers(request.headers as Record<string, string>);
    headers.set("x-batch-validation", "strict");
    for (const name of ["connection", "content-length", "host", "transfer-encoding"]) headers.delete(name);
    const answer = await fetch(`${behind.baseUrl}${request.url}`, {
      method: "POST",
      headers,
      body: Buffer.concat(chunks),
    });
    response.writeHead(answer.status, { "content-type": "application/json" });
    return response.end(await answer.text());
  });
  return {
    async listen() {
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listenForPosts(posts: { headers: Record<string, string>; body: string }[]) {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    posts.push({
      headers: request.headers as Record<string, string>,
      body: Buffer.concat(chunks).toString(),
    });
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
