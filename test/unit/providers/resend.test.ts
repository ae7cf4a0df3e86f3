/** Resend beyond the contract: halving of batches, lost answers, and what each error means. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { idMint } from "#domain/ports";
import type { BatchResult } from "#domain/sending/provider";
import { openResend } from "#queues/providers/resend";
import { verdictOn } from "#queues/providers/resend-errors";
import { letter, letters } from "../../contracts/provider.ts";
import { strictOnly } from "../../fakes/doors.ts";
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
    expect(fake.requests).toHaveLength(1);
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

  test("a refusal after that says nothing of the first request: unknown, never free to go under another key", async () => {
    let finish: () => void = () => undefined;
    fake.faults.push({ kind: "slow", until: new Promise<void>((resolve) => (finish = resolve)) });
    const door = strictOnly(fake, { rateLimitFrom: 2 });
    const base_url = await door.listen();
    const settings = { base_url };
    const secrets = { api_key: "re_test_full" };
    const behind = openResend(
      { now: Date.now },
      { tenantId, id: newId("cxn"), kind: "resend", settings, secrets },
    );
    const batch = letters(1);
    const first = provider().send(batch, options("k"));
    while (fake.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(kinds(await behind.send(batch, options("k")))).toEqual(["unknown"]);
    finish();
    expect(kinds(await first)).toEqual(["accepted"]);
    await door.close();
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

  test("a key that no header can hold is a wrong key, and throws nothing", async () => {
    for (const key of ["re_\u2026", "re_a\nb", " "]) {
      expect(await provider(key).verify()).toMatchObject({ ok: false });
      expect(await provider(key).send(letters(1), options("k"))).toMatchObject({
        refusal: { kind: "rejected" },
      });
    }
    expect(await provider(" re_test_full\n").verify()).toEqual({ ok: true });
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
