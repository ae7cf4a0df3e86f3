/** SendGrid beyond the contract: what goes together in a call, whose fault a refusal is, and what is never sent twice. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { idMint } from "#domain/ports";
import type { BatchResult, OutgoingEmail } from "#domain/sending/provider";
import { openSendgrid } from "#queues/providers/sendgrid/adapter";
import { bodyFor, callsFor } from "#queues/providers/sendgrid/payload";
import { letter, letters } from "../../contracts/provider.ts";
import { type SendgridFake, startSendgrid } from "../../fakes/sendgrid.ts";

const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));
const tenantId = newId("ten");
const nowMs = Date.UTC(2026, 10, 22, 18);
let fake: SendgridFake;
beforeEach(async () => {
  fake = await startSendgrid({ now: () => nowMs });
});
afterEach(() => fake.stop());

const provider = (apiKey = "SG.test.full", now = () => nowMs) =>
  openSendgrid(
    { now },
    {
      tenantId,
      id: newId("cxn"),
      kind: "sendgrid",
      settings: { base_url: `${fake.baseUrl}/` },
      secrets: { api_key: apiKey },
    },
  );
const options = (timeoutMs = 5_000) => ({ idempotencyKey: "k", timeoutMs });
const kinds = (result: BatchResult) =>
  result.kind === "settled" ? result.outcomes.map((o) => o.kind) : [result.refusal.kind];
const sends = () => fake.requests.filter(({ path }) => path === "/v3/mail/send").length;
const alone = (mail: OutgoingEmail): OutgoingEmail => ({ ...mail, merge: undefined });
const other = { subject: "Other ~to;", html: "<b>~to;</b>", text: "~to;" };
const ofOther = (to: string) =>
  letter(to, {
    subject: `Other ${to}`,
    html: `<b>${to}</b>`,
    text: to,
    merge: { template: other, values: { "~to;": to } },
  });

describe("a batch of one template", () => {
  test("is one call, and everybody gets their own mail, byte for byte", async () => {
    const batch = letters(1_000);
    await provider().send(batch, options());
    expect(sends()).toBe(1);
    fake.taken.forEach((mail, i) => {
      const { to, subject, html, text, messageId, headers } = batch[i] as OutgoingEmail;
      expect([mail.to, mail.subject, mail.html, mail.text]).toEqual([to.email, subject, html, text]);
      expect(mail.customArgs).toEqual({ lark_mid: messageId, lark_tid: tenantId });
      expect(mail.headers).toEqual({ ...headers, "X-Larkpost-Message": messageId });
    });
  });

  test("two templates are two calls, and mails without one go alone", async () => {
    const batch = [
      letter("a@x.example"),
      ofOther("b@x.example"),
      alone(letter("c@x.example")),
      letter("d@x.example"),
      ofOther("e@x.example"),
      alone(letter("f@x.example")),
    ];
    expect(callsFor(batch)).toEqual([[0, 3], [1, 4], [2], [5]]);
    expect(kinds(await provider().send(batch, options()))).toEqual(batch.map(() => "accepted"));
    const contents = new Map(fake.taken.map((mail) => [mail.messageId, [mail.to, mail.subject, mail.html]]));
    for (const mail of batch)
      expect(contents.get(mail.messageId)).toEqual([mail.to.email, mail.subject, mail.html]);
  });

  test("another sender, another answer address or another attachment is another call", () => {
    const attachments = [{ filename: "a.txt", contentType: "text/plain", content: "YQ==" }];
    const same = letters(2);
    const replyTo = { email: "reply@shop.example" };
    expect(callsFor([...same, letter("c@x.example", { replyTo })])).toEqual([[0, 1], [2]]);
    expect(callsFor([...same, letter("c@x.example", { from: { email: "b@shop.example" } })])).toEqual([
      [0, 1],
      [2],
    ]);
    expect(callsFor([...same, letter("c@x.example", { attachments })])).toEqual([[0, 1], [2]]);
  });

  test("values beyond 10,000 bytes make a mail go alone, counted in bytes and not in characters", () => {
    const withValue = (value: string) => {
      const mail = letter("long@x.example");
      return { ...mail, merge: mail.merge && { ...mail.merge, values: { "~to;": value } } };
    };
    const [first, second] = letters(2);
    if (!first || !second) throw new Error("two letters");
    expect(callsFor([first, withValue("a".repeat(9_900)), second])).toEqual([[0, 1, 2]]);
    expect(callsFor([first, withValue("ä".repeat(5_100)), second])).toEqual([[0, 2], [1]]);
  });

  test("more than a thousand recipients are more than one call", () => {
    expect(callsFor(letters(1_001)).map((places) => places.length)).toEqual([1_000, 1]);
  });

  test("headers SendGrid keeps for itself are left out, empty parts too, and nothing is tracked", () => {
    const mail = letter("a@x.example", {
      text: "",
      html: "<p>h</p>",
      headers: { "Reply-To": "x", "X-Own": "1" },
    });
    const body = JSON.parse(new TextDecoder().decode(bodyFor([mail], tenantId)));
    expect(body.personalizations[0].headers).toEqual({ "X-Own": "1", "X-Larkpost-Message": mail.messageId });
    expect(body.content).toEqual([{ type: "text/html", value: "<p>h</p>" }]);
    expect(body.tracking_settings).toMatchObject({
      click_tracking: { enable: false, enable_text: false },
      open_tracking: { enable: false },
      subscription_tracking: { enable: false },
    });
  });

  test("a call beyond 30 MB is halved before it leaves, and a mail beyond it fails alone", async () => {
    const huge = (to: string, megabytes: number) =>
      letter(to, {
        subject: "s",
        html: "h",
        text: "t",
        attachments: [
          { filename: "a", contentType: "text/plain", content: "A".repeat(megabytes * 1_000_000) },
        ],
      });
    const batch = [huge("a@x.example", 1), huge("b@x.example", 31), huge("c@x.example", 1)];
    expect(kinds(await provider().send(batch, options(10_000)))).toEqual(["accepted", "failed", "accepted"]);
    expect(fake.taken.map((mail) => mail.to).sort()).toEqual(["a@x.example", "c@x.example"]);
  });
});

describe("a refused call", () => {
  const withPoison = (count: number, at: readonly number[]) =>
    letters(count).map((mail, i) => (at.includes(i) ? letter(`poison ${i}`) : mail));
  const expected = (count: number, at: readonly number[]) =>
    Array.from({ length: count }, (_, i) => (at.includes(i) ? "failed" : "accepted"));

  test("names whose fault it is: those fail, the others are sent once, in one more call", async () => {
    const at = [0, 7, 19];
    const batch = withPoison(20, at);
    expect(kinds(await provider().send(batch, options()))).toEqual(expected(20, at));
    expect(sends()).toBe(2);
    expect(new Set(fake.taken.map((mail) => mail.messageId)).size).toBe(17);
    expect(fake.taken).toHaveLength(17);
  });

  test("names one fault at a time: each time one less", async () => {
    fake.account.errorsNamed = 1;
    const at = [3, 4, 11];
    expect(kinds(await provider().send(withPoison(12, at), options()))).toEqual(expected(12, at));
    expect(sends()).toBe(4);
  });

  test("says not whose fault it is: halved until the poison stands alone", async () => {
    fake.account.isTaciturn = true;
    const at = [5];
    expect(kinds(await provider().send(withPoison(16, at), options()))).toEqual(expected(16, at));
    expect(fake.taken).toHaveLength(15);
  });

  test("for what all mails have in common fails them all, without asking for each", async () => {
    const batch = letters(50).map((mail) => ({ ...mail, from: { email: "not an address" } }));
    expect(kinds(await provider().send(batch, options()))).toEqual(batch.map(() => "failed"));
    expect(sends()).toBe(1);
  });

  test("a sender nobody has verified concerns the connection", async () => {
    const mail = letter("a@x.example", { from: { email: "news@elsewhere.example" } });
    expect(await provider().send([mail], options())).toMatchObject({ refusal: { kind: "rejected" } });
  });
});

describe("several calls in one", () => {
  const batch = () => [letter("a@x.example"), letter("b@x.example"), ...letters(3).map(alone)];
  const slowDown = { kind: "rate_limited", retryAfterSeconds: 9 } as const;

  test("refused at the first, nothing was taken and the connection is refused", async () => {
    fake.faults.push(slowDown);
    expect(await provider().send(batch(), options())).toMatchObject({
      refusal: { kind: "rate_limited", retryAfterMs: 9_000 },
    });
    expect(sends()).toBe(1);
    expect(fake.taken).toEqual([]);
  });

  test("refused at a later one, the first stays accepted and the others wait", async () => {
    const pass = { kind: "slow", until: Promise.resolve() } as const;
    fake.faults.push(pass, slowDown, slowDown, slowDown);
    const result = await provider().send(batch(), options());
    expect(kinds(result)).toEqual(["accepted", "accepted", "deferred", "deferred", "deferred"]);
    expect(result).toMatchObject({ outcomes: [{}, {}, { retryAfterMs: 9_000 }, {}, {}] });
    expect(fake.taken).toHaveLength(2);
  });

  test("an answer lost in the middle is unknown for its own mails alone", async () => {
    const pass = { kind: "slow", until: Promise.resolve() } as const;
    fake.faults.push(pass, { kind: "cut", when: "after" });
    const result = kinds(await provider().send(batch(), options()));
    expect(result.slice(0, 2)).toEqual(["accepted", "accepted"]);
    expect(result.filter((kind) => kind === "unknown")).toHaveLength(1);
    expect(fake.taken).toHaveLength(5);
  });

  test("what there was no time for is deferred, never unknown", async () => {
    let clockMs = nowMs;
    const late = provider("SG.test.full", () => {
      clockMs += 400;
      return clockMs;
    });
    const result = kinds(await late.send(batch(), options(3_000)));
    expect(result.slice(0, 2)).toEqual(["accepted", "accepted"]);
    expect(result).toContain("deferred");
    expect(result).not.toContain("unknown");
    expect(fake.taken).toHaveLength(result.filter((kind) => kind === "accepted").length);
  });
});

test("a key that may not send is told apart from one that may", async () => {
  expect(await provider().verify()).toEqual({ ok: true });
  expect(await provider("SG.test.reader").verify()).toMatchObject({
    ok: false,
    reason: expect.stringContaining("mail.send"),
  });
  expect(await provider("SG.wrong").verify()).toMatchObject({
    ok: false,
    reason: expect.stringContaining("invalid"),
  });
  expect(await provider("kéy\r\n").verify()).toMatchObject({ ok: false });
});

test("credits are asked for again at the next UTC midnight", async () => {
  fake.account.creditsLeft = 1;
  expect(await provider().send(letters(2), options())).toMatchObject({
    refusal: { kind: "quota_spent", resetsInMs: 6 * 3_600_000 },
  });
});
