/** Postmark beyond the contract: what is put on the wire, what each code means, how calls are split. */
import { describe, expect, test } from "vitest";
import type { OutgoingEmail } from "#domain/sending/provider";
import { openPostmark, postmarkAdapter } from "#queues/providers/postmark/adapter";
import { readAnswer } from "#queues/providers/postmark/answer";
import { splitBySize } from "#queues/providers/postmark/message";
import { letter, letters } from "../../contracts/provider.ts";
import { connectionTo, kinds, send, serve, tenantId } from "./postmark-support.ts";

describe("what is put on the wire", () => {
  test("one call for five hundred, each mail with its ids, its headers, the stream, and no tracking of theirs", async () => {
    const fake = await serve();
    const batch = letters(500);
    expect(new Set(kinds(await send(fake, batch)))).toEqual(new Set(["accepted"]));
    expect(fake.requests.map(({ path }) => path)).toEqual(["/email/batch"]);
    const [mail] = fake.taken;
    expect(mail).toMatchObject({
      From: "Shop <news@shop.example>",
      To: "person0@people.example",
      MessageStream: "broadcast",
      TrackOpens: false,
      Metadata: { mid: batch[0]?.messageId, tid: tenantId },
    });
    expect(mail?.Headers).toContainEqual({
      Name: "List-Unsubscribe",
      Value: batch[0]?.headers["List-Unsubscribe"],
    });
  });

  test("attachments travel whole, those in the text under the id it names", async () => {
    const fake = await serve();
    const attachments = [
      { filename: "terms.pdf", contentType: "application/pdf", content: "JVBERi0=" },
      { filename: "logo.png", contentType: "image/png", content: "iVBORw0=", contentId: "logo@shop" },
    ];
    await send(fake, [letter("a@people.example", { attachments })]);
    expect(fake.taken[0]?.Attachments).toEqual([
      { Name: "terms.pdf", ContentType: "application/pdf", Content: "JVBERi0=" },
      { Name: "logo.png", ContentType: "image/png", Content: "iVBORw0=", ContentID: "cid:logo@shop" },
    ]);
  });

  test("a name with quotes and commas stays one recipient", async () => {
    const fake = await serve();
    const to = { email: "a@people.example", name: 'Ann "The Boss", Jr.' };
    expect(kinds(await send(fake, [letter("x", { to })]))).toEqual(["accepted"]);
    expect(fake.taken.map(({ recipient }) => recipient)).toEqual(["a@people.example"]);
  });
});

describe("the size of a call", () => {
  const big = (mails: number, bytes: number): OutgoingEmail[] =>
    letters(mails).map((mail) => ({ ...mail, html: "x".repeat(bytes) }));

  test("too much for one call goes in several, in order, and each mail once", async () => {
    const fake = await serve();
    const batch = big(9, 1_000_000);
    expect(new Set(kinds(await send(fake, batch)))).toEqual(new Set(["accepted"]));
    expect(fake.requests).toHaveLength(2);
    expect(fake.taken.map(({ messageId }) => messageId)).toEqual(batch.map(({ messageId }) => messageId));
  });

  test("a mail larger than any call stands alone", () => {
    const sizes = [10, 5_000_000, 10].flatMap((bytes) => big(1, bytes));
    expect(splitBySize(sizes, 1_000_000)).toEqual([[0], [1], [2]]);
    expect(splitBySize([], 1_000_000)).toEqual([]);
  });

  test("a mail Postmark finds too large fails alone", async () => {
    const fake = await serve();
    const batch = [letter("a@people.example"), ...big(1, 10_500_000), letter("b@people.example")];
    expect(kinds(await send(fake, batch))).toEqual(["accepted", "failed", "accepted"]);
  });
});

describe("refusals", () => {
  test("each mail under one 200 has its own fate", async () => {
    const fake = await serve();
    fake.account.inactive.add("gone@people.example");
    const batch = [
      letter("gone@people.example"),
      letter("not-an-address"),
      letter("a@people.example"),
      letter("b@people.example", {
        attachments: [{ filename: "a.exe", contentType: "application/octet-stream", content: "AA==" }],
      }),
    ];
    const result = await send(fake, batch);
    expect(kinds(result)).toEqual(["failed", "failed", "accepted", "failed"]);
    expect(result).toMatchObject({
      outcomes: [
        { reason: expect.stringMatching(/^406: .*inactive/) },
        { reason: expect.stringMatching(/^300: /) },
        {},
        { reason: expect.stringMatching(/^411: /) },
      ],
    });
  });

  test("a sender who is not ours, a stopped account and an unknown stream call for a person", async () => {
    const fake = await serve();
    const from = { email: "news@elsewhere.example" };
    expect(
      await send(fake, [letter("a@people.example", { from }), letter("b@people.example", { from })]),
    ).toMatchObject({
      kind: "refused",
      refusal: { kind: "rejected", reason: expect.stringContaining("Sender Signature") },
    });
    fake.state.accountProblem = { ErrorCode: 412, Message: "Your account is pending approval." };
    expect(kinds(await send(fake, letters(2)))).toEqual(["rejected"]);
    fake.state.accountProblem = undefined;
    const settings = { base_url: fake.baseUrl, message_stream: "nobody-made-it" };
    const provider = openPostmark({ now: Date.now }, connectionTo(fake, { settings }));
    expect(kinds(await provider.send(letters(1), { idempotencyKey: "k", timeoutMs: 3_000 }))).toEqual([
      "rejected",
    ]);
    expect(await provider.verify()).toMatchObject({
      ok: false,
      reason: expect.stringContaining("nobody-made-it"),
    });
    expect(fake.taken).toEqual([]);
  });

  test("a call that is refused for one mail's form is halved until it stands alone", async () => {
    const fake = await serve();
    const batch = letters(9);
    // What no type of ours allows, and a defect could still produce.
    const broken = { ...letter("x@people.example"), subject: 7 as unknown as string };
    const result = await send(fake, [...batch.slice(0, 4), broken, ...batch.slice(4)]);
    expect(kinds(result)).toEqual(Array.from({ length: 10 }, (_, i) => (i === 4 ? "failed" : "accepted")));
    expect(fake.taken).toHaveLength(9);
  });

  test("refused in the middle, what was taken stands and the rest is certainly untaken", async () => {
    const fake = await serve({ requestsPerSecond: 1, now: () => 0 });
    const batch = letters(9).map((mail) => ({ ...mail, html: "x".repeat(1_000_000) }));
    const result = await send(fake, batch);
    const expected = batch.map((_mail, i) => (i < fake.taken.length ? "accepted" : "deferred"));
    expect(kinds(result)).toEqual(expected);
    expect(fake.taken.length).toBeGreaterThan(0);
    expect(fake.taken.length).toBeLessThan(9);
  });

  test("out of time before the first call, nothing went out and nothing is in doubt", async () => {
    const fake = await serve();
    const provider = openPostmark({ now: Date.now }, connectionTo(fake));
    expect(await provider.send(letters(2), { idempotencyKey: "k", timeoutMs: 0 })).toMatchObject({
      refusal: { kind: "rate_limited" },
    });
    expect(fake.requests).toEqual([]);
  });
});

describe("lost answers", () => {
  test.each([
    ["hang", "before", 0],
    ["hang", "after", 2],
    ["cut", "before", 0],
    ["cut", "after", 2],
  ] as const)("by %s %s the taking they leave the outcome unknown", async (kind, when, taken) => {
    const fake = await serve();
    fake.faults.push({ kind, when });
    expect(kinds(await send(fake, letters(2), 500))).toEqual(["unknown", "unknown"]);
    expect(fake.taken).toHaveLength(taken);
  });

  test.each([500, 502, 503] as const)("%i does too", async (status) => {
    const fake = await serve();
    fake.faults.push({ kind: "error", when: "after", status });
    expect(kinds(await send(fake, letters(1)))).toEqual(["unknown"]);
  });

  const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => ({
    kind: "answered" as const,
    status,
    headers: new Headers(headers),
    text: JSON.stringify(body),
  });
  test("a planned outage in Postmark's own words took nothing", () => {
    expect(readAnswer(answer(503, { ErrorCode: 100, Message: "Maintenance" }), 2, 0)).toMatchObject({
      refusal: { kind: "unavailable" },
    });
  });
  test("too fast without a wait is five seconds, with one it is that", () => {
    const body = { ErrorCode: 429, Message: "Rate limit exceeded" };
    expect(readAnswer(answer(429, body), 1, 0)).toMatchObject({ refusal: { retryAfterMs: 5_000 } });
    expect(readAnswer(answer(429, body, { "retry-after": "9" }), 1, 0)).toMatchObject({
      refusal: { retryAfterMs: 9_000 },
    });
  });
  test.each([
    ["an answer for fewer mails", [{ ErrorCode: 0, Message: "OK", MessageID: "1" }]],
    ["no list at all", { ErrorCode: 0, Message: "OK" }],
    [
      "acceptance without an id",
      [
        { ErrorCode: 0, Message: "OK" },
        { ErrorCode: 0, Message: "OK" },
      ],
    ],
  ])("%s leaves all of them unknown", (_name, body) => {
    expect(readAnswer(answer(200, body), 2, 0)).toMatchObject({
      outcomes: [{ kind: "unknown" }, { kind: "unknown" }],
    });
  });
  test("stopped in the middle, by maintenance or by a person, waits for another time", () => {
    const items = [0, 100, 405].map((ErrorCode) => ({ ErrorCode, Message: "m", MessageID: "1" }));
    expect(readAnswer(answer(200, items), 3, 0)).toMatchObject({
      outcomes: [{ kind: "accepted" }, { kind: "deferred" }, { kind: "deferred" }],
    });
  });
});

test("the address to paste names the user and leaves the password out", () => {
  const connection = connectionTo({ baseUrl: "x" }, { secrets: { api_key: "k", webhook_secret: "s3cret" } });
  const shown =
    postmarkAdapter.webhookUrl?.("https://mail.shop.example/hooks/postmark/cxn_1", connection) ?? "";
  expect(new URL(shown).username).toBe("larkpost");
  expect(new URL(shown).pathname).toBe("/hooks/postmark/cxn_1");
  expect(shown).not.toContain("s3cret");
});
