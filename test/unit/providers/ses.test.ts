/** Amazon SES beyond the contract: what a mail looks like on the wire, the account's rate, and what each error means. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { idMint } from "#domain/ports";
import type { BatchResult } from "#domain/sending/provider";
import { openSes } from "#queues/providers/ses/adapter";
import { turnsOf } from "#queues/providers/turns";
import { letter, letters } from "../../contracts/provider.ts";
import { type SesFake, startSes } from "../../fakes/ses.ts";

const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));
const tenantId = newId("ten");
let fake: SesFake;
beforeEach(async () => {
  fake = await startSes();
});
afterEach(() => fake.stop());

const secrets = { access_key_id: "AKIATESTKEY", secret_access_key: "test/secret+key" };
const provider = (
  over: { settings?: Record<string, string>; secrets?: typeof secrets; now?: () => number } = {},
) =>
  openSes(
    { now: over.now ?? Date.now },
    {
      tenantId,
      id: newId("cxn"),
      kind: "ses",
      settings: { region: fake.region, base_url: `${fake.baseUrl}/`, ...over.settings },
      secrets: over.secrets ?? secrets,
    },
  );
const options = (timeoutMs = 5_000) => ({ idempotencyKey: "k", timeoutMs });
const kinds = (result: BatchResult) =>
  result.kind === "settled" ? result.outcomes.map((o) => o.kind) : [result.refusal.kind];

describe("a mail", () => {
  test("carries our ids as tags, our headers, and words beyond ASCII encoded where only ASCII may stand", async () => {
    const mail = letter("a@x.example", {
      from: { email: "news@shop.example", name: "Grüße, Shop" },
      replyTo: { email: "reply@shop.example", name: "Reply" },
      headers: {
        "List-Unsubscribe": "<https://shop.example/u>",
        "X-Word": "ä",
        Subject: "no",
        "Content-Type": "no",
      },
      attachments: [{ filename: "a.txt", contentType: "text/plain", content: "YQ==" }],
    });
    await provider({ settings: { configuration_set: "larkpost" } }).send([mail], options());
    expect(fake.taken).toEqual([
      expect.objectContaining({
        to: "a@x.example",
        from: "=?utf-8?B?R3LDvMOfZSwgU2hvcA==?= <news@shop.example>",
        subject: mail.subject,
        html: mail.html,
        text: mail.text,
        configurationSet: "larkpost",
        tags: { lark_mid: mail.messageId, lark_tid: tenantId },
        headers: {
          "List-Unsubscribe": "<https://shop.example/u>",
          "X-Word": "=?utf-8?B?w6Q=?=",
          "X-Larkpost-Message": mail.messageId,
        },
        attachments: [expect.objectContaining({ FileName: "a.txt", RawContent: "YQ==" })],
      }),
    ]);
  });

  test("with one part only, and with a header longer than a line, is taken as well", async () => {
    const headers = { "X-Long": "word ".repeat(60).trim() };
    const batch = [letter("a@x.example", { html: "" }), letter("b@x.example", { text: "", headers })];
    expect(kinds(await provider().send(batch, options()))).toEqual(["accepted", "accepted"]);
    expect(fake.taken[0]?.html).toBe("");
    expect(fake.taken[1]?.headers["X-Long"]).toBe(headers["X-Long"]);
  });

  test("goes to the region's own address where no other is named", async () => {
    const own = provider({ settings: { region: "eu-north-7", base_url: "" } });
    const asked: string[] = [];
    const original = globalThis.fetch;
    globalThis.fetch = (async (url: string) => {
      asked.push(url);
      throw new Error("no network");
    }) as typeof fetch;
    const said = await own.verify().finally(() => {
      globalThis.fetch = original;
    });
    expect(said).toEqual({ ok: false, reason: "no network" });
    expect(asked).toEqual(["https://email.eu-north-7.amazonaws.com/v2/email/account"]);
  });
});

describe("many mails", () => {
  test("are several calls at a time, and never more than the invocation's connections", async () => {
    let release: () => void = () => undefined;
    const until = new Promise<void>((resolve) => (release = resolve));
    // The first goes alone.
    fake.faults.push({ kind: "slow", until: Promise.resolve() });
    for (let i = 0; i < 9; i++) fake.faults.push({ kind: "slow", until });
    const sending = provider().send(letters(10), options());
    while (fake.requests.length < 4) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(fake.requests).toHaveLength(4);
    release();
    expect(kinds(await sending)).toEqual(Array(10).fill("accepted"));
  });

  test("an answer lost in the middle is unknown for its own mail alone", async () => {
    const pass = { kind: "slow", until: Promise.resolve() } as const;
    fake.faults.push(pass, pass, { kind: "cut", when: "after" });
    const result = kinds(await provider().send(letters(6), options()));
    expect(result.filter((kind) => kind === "unknown")).toHaveLength(1);
    expect(result.filter((kind) => kind === "accepted")).toHaveLength(5);
    expect(fake.taken).toHaveLength(6);
  });

  test("beyond the account's rate wait for the next second, and each is sent once", async () => {
    fake.limits.mailsPerSecond = 4;
    const batch = letters(10);
    expect(kinds(await provider().send(batch, options(10_000)))).toEqual(batch.map(() => "accepted"));
    expect(fake.taken.map((mail) => mail.messageId).sort()).toEqual(
      batch.map((mail) => mail.messageId).sort(),
    );
  });

  test("beyond it and out of time are deferred, never unknown", async () => {
    fake.limits.mailsPerSecond = 3;
    const result = kinds(await provider().send(letters(8), options(1_400)));
    expect(result.filter((kind) => kind === "accepted")).toHaveLength(3);
    expect(result.filter((kind) => kind === "deferred")).toHaveLength(5);
  });

  test("throttled at the very first refuse the connection for a second", async () => {
    fake.limits.mailsPerSecond = 0;
    expect(await provider().send(letters(3), options())).toMatchObject({
      refusal: { kind: "rate_limited", retryAfterMs: 1_000 },
    });
    expect(fake.requests).toHaveLength(1);
  });

  test("a paused account stops the rest, and what was accepted stays accepted", async () => {
    const batch = letters(6);
    const last = fake.taken.push.bind(fake.taken);
    fake.taken.push = (...mails) => {
      fake.account.isPaused = true;
      return last(...mails);
    };
    expect(kinds(await provider().send(batch, options()))).toEqual([
      "accepted",
      ...Array(5).fill("deferred"),
    ]);
    expect(await provider().send(batch, options())).toMatchObject({ refusal: { kind: "rejected" } });
    expect(fake.taken).toHaveLength(1);
  });

  test("calls wait for the turns that others have taken, and are not begun when it is too late", async () => {
    const deps = { now: Date.now };
    const shared = openSes(deps, {
      tenantId,
      id: newId("cxn"),
      kind: "ses",
      settings: { region: fake.region, base_url: fake.baseUrl },
      secrets,
    });
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const turns = Array.from({ length: 3 }, () => turnsOf(deps)(() => held));
    const sending = shared.send(letters(2), options(700));
    await new Promise((resolve) => setTimeout(resolve, 300));
    release();
    await Promise.all(turns);
    expect(await sending).toMatchObject({ refusal: { kind: "rate_limited" } });
    expect(fake.taken).toEqual([]);
  });
});

describe("verifying", () => {
  test("asks for the account; a key that may only send is proved by its own refusal", async () => {
    expect(await provider().verify()).toEqual({ ok: true });
    fake.account.sendOnly.add("AKIATESTKEY");
    expect(await provider().verify()).toEqual({ ok: true });
  });
  test("finds wrong keys, wrong regions, a wrong clock, and accounts that may not send", async () => {
    const wrong = { ...secrets, secret_access_key: "other" };
    expect(await provider({ secrets: wrong }).verify()).toMatchObject({ ok: false });
    expect(await provider({ secrets: { ...secrets, access_key_id: "no\r\nkey" } }).verify()).toMatchObject({
      ok: false,
      reason: expect.stringContaining("UnrecognizedClient"),
    });
    expect(await provider({ settings: { region: "us-east-1" } }).verify()).toMatchObject({ ok: false });
    expect(await provider({ now: () => Date.now() - 3_600_000 }).verify()).toMatchObject({ ok: false });
    fake.account.isPaused = true;
    expect(await provider().verify()).toMatchObject({ ok: false, reason: expect.stringContaining("paused") });
    fake.account.isPaused = false;
    fake.account.isSuspended = true;
    expect(await provider().verify()).toMatchObject({ ok: false });
  });
});

test("the daily quota is asked for again an hour later", async () => {
  fake.limits.dailyQuota = 0;
  expect(await provider().send(letters(1), options())).toMatchObject({
    refusal: { kind: "quota_spent", resetsInMs: 3_600_000 },
  });
});
