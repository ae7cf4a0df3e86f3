/** Mailgun beyond the contract: what shares a call, what each recipient gets, what each answer means. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OutgoingEmail } from "#domain/sending/provider";
import { openMailgun } from "#queues/providers/mailgun/adapter";
import { readAnswer } from "#queues/providers/mailgun/answer";
import { planCalls } from "#queues/providers/mailgun/plan";
import { letter, letters } from "../../contracts/provider.ts";
import { connectionTo, kinds, merged, send, serve, template, tenantId } from "./mailgun-support.ts";

const singly = (mail: OutgoingEmail): OutgoingEmail => ({ ...mail, merge: undefined });
const singles = (count: number) => letters(count).map(singly);
const person = (i: number) => merged(`p${i}@people.example`, `Name ${i}`);

describe("many in one call", () => {
  test("each gets the mail as it was rendered, with ids and headers of its own, and sees nobody else", async () => {
    const fake = await serve();
    const batch = Array.from({ length: 1_000 }, (_, i) => person(i));
    const result = await send(fake, batch);
    expect(new Set(kinds(result))).toEqual(new Set(["accepted"]));
    expect(fake.requests).toHaveLength(1);
    expect(fake.taken).toHaveLength(1_000);
    for (const [i, mail] of fake.taken.entries()) {
      const { messageId, subject, html, text, headers, to } = batch[i] ?? letter("nobody");
      expect(mail).toMatchObject({ messageId, subject, html, text, to: [to.email] });
      expect(mail.variables).toEqual({ mid: messageId, tid: tenantId });
      expect(mail.headers["List-Unsubscribe"]).toBe(headers["List-Unsubscribe"]);
      expect(mail.options).toMatchObject({ tracking: "no", "tracking-clicks": "no", "tracking-opens": "no" });
    }
    if (result.kind !== "settled") throw new Error("refused");
    const ids = result.outcomes.map((o) => (o.kind === "accepted" ? o.providerMessageId : ""));
    expect(ids.every((id) => id.startsWith(fake.taken[0]?.id ?? "?"))).toBe(true);
  });

  test("whatever stands in names and template, every recipient gets exactly the rendered mail", async () => {
    const fake = await serve();
    const odd = fc.string({ unit: "grapheme", maxLength: 30 }).filter((s) => !/[~\r\n\0]/.test(s));
    const tricky = fc.oneof(
      odd,
      fc.constantFrom("%recipient.k0%", "100%", "%", "$&", "%unsubscribe_url%", '"\\', "k0%"),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(tricky, { minLength: 2, maxLength: 6 }), tricky, async (names, words) => {
        fake.forget();
        const own = {
          subject: `~lp0; ${words}`,
          html: `<p>${words}~lp0;</p>~lp1;`,
          text: `~lp0;${words}~lp1;`,
        };
        const batch = names.map((name, i) => merged(`p${i}@people.example`, name, {}, own));
        expect(new Set(kinds(await send(fake, batch)))).toEqual(new Set(["accepted"]));
        for (const mail of batch) {
          const got = fake.taken.filter(({ messageId }) => messageId === mail.messageId);
          // A form's line ends are CRLF (RFC 7578 §4.3 leaves them to the browser's rule).
          const plain = (part: string) => part.replace(/\r\n?|\n/g, "\n");
          expect(got.map(({ html, text, subject }) => [html, text, subject].map(plain))).toEqual([
            [mail.html, mail.text, mail.subject].map(plain),
          ]);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("the same person twice gets two calls, for variables are kept by address", async () => {
    const fake = await serve();
    const batch = [
      merged("ann@people.example", "A"),
      merged("ANN@people.example", "B"),
      merged("bo@people.example", "C"),
    ];
    expect(kinds(await send(fake, batch))).toEqual(["accepted", "accepted", "accepted"]);
    expect(fake.taken.map(({ messageId }) => messageId).sort()).toEqual(
      batch.map(({ messageId }) => messageId).sort(),
    );
    expect(fake.requests).toHaveLength(2);
  });

  test("calls are split by template, sender, names of headers, files, number and size", () => {
    const other = { ...template, subject: "Another ~lp0;" };
    const attachments = [{ filename: "a.pdf", contentType: "application/pdf", content: "AA==" }];
    const batch = [
      person(0),
      merged("p1@people.example", "x", {}, other),
      merged("p2@people.example", "x", { from: { email: "else@shop.example" } }),
      merged("p3@people.example", "x", { headers: { "X-Other": "1" } }),
      merged("p4@people.example", "x", { attachments }),
      singly(letter("p5@people.example")),
      merged("a@people.example,b@people.example", "x"),
      person(7),
    ];
    expect(planCalls(batch)).toEqual([[0, 7], [1], [2], [3], [4], [5], [6]]);
    const many = Array.from({ length: 1_001 }, (_, i) => person(i));
    expect(planCalls(many).map((places) => places.length)).toEqual([1_000, 1]);
    const large = Array.from({ length: 4 }, (_, i) => merged(`p${i}@people.example`, "x".repeat(1_000_000)));
    expect(planCalls(large).map((places) => places.length)).toEqual([2, 2]);
  });

  test("one bad address among a thousand is found by halving, and nobody gets a second mail", async () => {
    const fake = await serve();
    const batch = Array.from({ length: 1_000 }, (_, i) =>
      i === 617 ? merged("nobody@nowhere", "x") : person(i),
    );
    const result = await send(fake, batch);
    expect(kinds(result)).toEqual(batch.map((_mail, i) => (i === 617 ? "failed" : "accepted")));
    expect(new Set(fake.taken.map(({ messageId }) => messageId)).size).toBe(999);
    expect(fake.taken).toHaveLength(999);
    expect(fake.requests.length).toBeLessThan(25);
  });
});

describe("one by one", () => {
  test("three at a time, and never more, also beside others of the same invocation", async () => {
    const fake = await serve();
    let release: () => void = () => undefined;
    const until = new Promise<void>((resolve) => (release = resolve));
    const deps = { now: Date.now };
    const open = () => openMailgun(deps, connectionTo(fake));
    // The first of each batch goes alone; it passes before anything is held up.
    await open().send(singles(1), { idempotencyKey: "k", timeoutMs: 3_000 });
    for (let i = 0; i < 20; i++) fake.faults.push({ kind: "slow", until });
    const options = { idempotencyKey: "k", timeoutMs: 5_000 };
    const all = [singles(5), singles(5), singles(5), singles(5)].map((batch) => open().send(batch, options));
    while (fake.requests.length < 4) await new Promise((resolve) => setImmediate(resolve));
    expect(fake.requests).toHaveLength(4);
    release();
    for (const result of await Promise.all(all))
      expect(new Set(kinds(result))).toEqual(new Set(["accepted"]));
    expect(fake.taken).toHaveLength(21);
  });

  test("files travel with their mail, and those in the HTML under the name it uses", async () => {
    const fake = await serve();
    const attachments = [
      {
        filename: "Preise.pdf",
        contentType: "application/pdf",
        content: Buffer.from("PDF!").toString("base64"),
      },
      { filename: "logo.png", contentType: "image/png", content: "iVBORw0=", contentId: "logo@shop" },
    ];
    expect(kinds(await send(fake, [letter("a@people.example", { attachments })]))).toEqual(["accepted"]);
    const [mail] = fake.taken;
    expect(mail?.attachments).toMatchObject([{ name: "Preise.pdf", type: "application/pdf" }]);
    expect(mail?.attachments[0]?.bytes.toString()).toBe("PDF!");
    expect(mail?.inline).toMatchObject([{ name: "logo@shop", type: "image/png" }]);
  });

  test("an address that is a list reaches nobody", async () => {
    const fake = await serve();
    const result = await send(fake, [
      letter("a@people.example, victim@people.example"),
      letter("b@people.example"),
    ]);
    expect(kinds(result)).toEqual(["failed", "accepted"]);
    expect(fake.taken.flatMap(({ to }) => to)).toEqual(["b@people.example"]);
  });

  test("slowed down in the middle, what was taken stands and the rest waits as long as was said", async () => {
    const fake = await serve();
    const untilMs = Math.ceil((Date.now() + 30_000) / 1_000) * 1_000;
    Object.assign(fake.state, { recipientsLeft: 2, limitedUntilMs: untilMs });
    const result = await send(fake, singles(6));
    expect(kinds(result).sort()).toEqual(["accepted", "accepted", ...Array(4).fill("deferred")]);
    if (result.kind !== "settled") throw new Error("refused");
    for (const outcome of result.outcomes)
      if (outcome.kind === "deferred") expect(outcome.retryAfterMs).toBeGreaterThan(25_000);
    expect(fake.taken).toHaveLength(2);
  });

  test("out of time, nothing goes out any more and nothing is in doubt", async () => {
    const fake = await serve();
    const provider = openMailgun({ now: Date.now }, connectionTo(fake));
    expect(await provider.send(singles(2), { idempotencyKey: "k", timeoutMs: 0 })).toMatchObject({
      refusal: { kind: "rate_limited" },
    });
    expect(fake.taken).toEqual([]);
  });
});

describe("answers", () => {
  const nowMs = Date.UTC(2026, 10, 22, 18);
  const answer = (status: number, message: string | undefined, headers: Record<string, string> = {}) => ({
    kind: "answered" as const,
    status,
    headers: new Headers(headers),
    text: message === undefined ? "Forbidden" : JSON.stringify({ message }),
  });
  test.each([
    [401, undefined],
    [403, "Domain mg.shop.example is not allowed to send: disabled"],
    [404, "Domain not found"],
    [400, "'from' parameter is not a valid address. please check documentation"],
    [400, "Sandbox subdomains are for test purposes only. Please add your own domain"],
  ])("%i %s calls for a person", (status, message) => {
    expect(readAnswer(answer(status, message), 3, nowMs)).toMatchObject({ refusal: { kind: "rejected" } });
  });
  test.each([
    [400, "to parameter is not a valid address. please check documentation"],
    [413, "Request Entity Too Large"],
  ])("%i %s is a mail's own fault", (status, message) => {
    expect(readAnswer(answer(status, message), 3, nowMs)).toMatchObject({ kind: "poisoned" });
  });
  test.each([500, 502, 503])("%i leaves all unknown", (status) => {
    expect(readAnswer(answer(status, "Internal Server Error"), 2, nowMs)).toMatchObject({
      outcomes: [{ kind: "unknown" }, { kind: "unknown" }],
    });
  });
  test("a 200 without an id does too", () => {
    expect(readAnswer(answer(200, "Queued."), 1, nowMs)).toMatchObject({ outcomes: [{ kind: "unknown" }] });
  });
  test("a limit names its end: soon is a matter of pace, later one of quota", () => {
    const words = "Domain mg.x is not allowed to send: recipient limit exceeded, try again after";
    expect(readAnswer(answer(420, `${words} Sun, 22 Nov 2026 18:00:34 UTC`), 1, nowMs)).toMatchObject({
      refusal: { kind: "rate_limited", retryAfterMs: 34_000 },
    });
    expect(readAnswer(answer(429, `${words} Sun, 22 Nov 2026 20:00:00 UTC`), 1, nowMs)).toMatchObject({
      refusal: { kind: "quota_spent", resetsInMs: 7_200_000 },
    });
    expect(readAnswer(answer(403, `${words} Sun, 22 Nov 2026 18:00:10 UTC`), 1, nowMs)).toMatchObject({
      refusal: { kind: "rate_limited", retryAfterMs: 10_000 },
    });
    expect(readAnswer(answer(429, "Too many requests"), 1, nowMs)).toMatchObject({
      refusal: { kind: "rate_limited", retryAfterMs: 5_000 },
    });
  });
});

describe("proving the connection", () => {
  const verify = (fake: Awaited<ReturnType<typeof serve>>, api_key: string) =>
    openMailgun({ now: Date.now }, connectionTo(fake, { secrets: { api_key } })).verify();

  test("a full key reads the domain, and says so when it cannot be used", async () => {
    const fake = await serve();
    expect(await verify(fake, "key-full")).toEqual({ ok: true });
    fake.state.domain = "unverified";
    expect(await verify(fake, "key-full")).toMatchObject({
      ok: false,
      reason: expect.stringContaining("unverified"),
    });
  });
  test("a key that may only send is proved without a mail to anybody", async () => {
    const fake = await serve();
    expect(await verify(fake, "key-sending")).toEqual({ ok: true });
    expect(fake.taken).toEqual([]);
    expect(await verify(fake, "wrong")).toMatchObject({ ok: false, reason: "401 Forbidden" });
    fake.state.domain = "disabled";
    expect(await verify(fake, "key-sending")).toMatchObject({ ok: false });
  });
});
