/** The sandbox's far end inside workerd: what it keeps, what it plays, and what survives. */
import { abortAllDurableObjects, env, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { idMint } from "#domain/ports";
import type { OutgoingEmail } from "#domain/sending/provider";
import { plotOf } from "#domain/sending/sandbox-plot";
import type { MailboxIdentity, SandboxMailbox } from "#queues/objects/sandbox-mailbox";
import { parseSandboxReport, verifySandboxSignature } from "#queues/providers/sandbox";
import { letter, letters } from "../contracts/provider.ts";

const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));
const secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";
const origin = env.PUBLIC_ORIGIN;

function mailbox(over: Partial<MailboxIdentity> = {}) {
  const identity: MailboxIdentity = {
    tenantId: newId("ten"),
    connectionId: newId("cxn"),
    idempotent: true,
    evidence: true,
    webhookSecret: secret,
    ...over,
  };
  const stub = env.SANDBOX_MAILBOX.getByName(`${identity.tenantId}:${identity.connectionId}`);
  return { stub, identity };
}

type Seen = { method: string; url: string; headers: Record<string, string>; body: string };
/** The front door as the mailbox finds it: notes who came, answers as told. */
async function frontDoor(
  stub: DurableObjectStub<SandboxMailbox>,
  answer: (seen: Seen) => number,
): Promise<Seen[]> {
  const seen: Seen[] = [];
  await runInDurableObject(stub, (instance) => {
    const door = {
      async fetch(url: string, init: RequestInit) {
        const request = new Request(url, init);
        const visit = {
          method: request.method,
          url,
          headers: Object.fromEntries(request.headers),
          body: new TextDecoder().decode(await request.arrayBuffer()),
        };
        seen.push(visit);
        return new Response(null, { status: answer(visit) });
      },
    };
    const open = instance as unknown as { env: unknown };
    open.env = { ...env, SELF: door };
  });
  return seen;
}

/** Plays until nothing is left to happen: the alarm rings by itself, the end is awaited. */
async function playOut(stub: DurableObjectStub<SandboxMailbox>, timeoutMs = 30_000) {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    const summary = await stub.summary();
    if (summary.waitingEvents === 0) return summary;
    if (performance.now() > endMs) throw new Error(`${summary.waitingEvents} events still wait`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const tracked = (to: string): OutgoingEmail => {
  const mail = letter(to);
  const html = `<a href="https://elsewhere.example/x">x</a><a href="${origin}/t/c/abc?a=1&amp;b=2">go</a><img src="${origin}/t/o/${mail.messageId}">`;
  const headers = {
    "List-Unsubscribe": `<${origin}/t/u/${mail.messageId}>, <mailto:off@shop.example>`,
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
  };
  return { ...mail, html, headers };
};

describe("what it keeps", () => {
  test("every mail whole, newest first, found by address, subject or message id", async () => {
    const { stub, identity } = mailbox();
    const batch = letters(120);
    await stub.accept(identity, batch.slice(0, 100), "a");
    await stub.accept(identity, batch.slice(100), "b");
    const page = await stub.list({ search: "", before: null, limit: 200 });
    expect(page.map((mail) => mail.messageId).sort()).toEqual(batch.map((mail) => mail.messageId).sort());
    expect(page.map((mail) => mail.id)).toEqual(
      page
        .map((mail) => mail.id)
        .sort()
        .reverse(),
    );
    const [found] = await stub.list({ search: "PERSON77@", before: null, limit: 5 });
    const wanted = batch[77] as OutgoingEmail;
    expect(found?.messageId).toBe(wanted.messageId);
    expect(await stub.list({ search: wanted.messageId, before: null, limit: 5 })).toHaveLength(1);
    const whole = await stub.mail(found?.id ?? newId("mai"));
    expect(whole).toMatchObject({ html: wanted.html, text: wanted.text, headers: wanted.headers });
  });

  test("pages follow each other without gap or repeat", async () => {
    const { stub, identity } = mailbox();
    await stub.accept(identity, letters(25), "a");
    const all: string[] = [];
    for (let before = null as Awaited<ReturnType<typeof stub.list>>[number]["id"] | null; ; ) {
      const page = await stub.list({ search: "", before, limit: 7 });
      if (page.length === 0) break;
      all.push(...page.map((mail) => mail.id));
      before = page.at(-1)?.id ?? null;
    }
    expect(all).toHaveLength(25);
    expect(new Set(all).size).toBe(25);
  });

  test("with keys, the same question brings the same answer and another is not taken", async () => {
    const { stub, identity } = mailbox();
    const batch = letters(3);
    const first = await stub.accept(identity, batch, "k");
    expect(await stub.accept(identity, batch, "k")).toEqual(first);
    expect(await stub.accept(identity, letters(3), "k")).toMatchObject({
      outcomes: [{ kind: "unknown" }, {}, {}],
    });
    expect(await stub.summary()).toMatchObject({ mails: 3, messages: 3 });
  });

  test("the key is remembered through a crash", async () => {
    const { stub, identity } = mailbox();
    const batch = letters(3);
    const first = await stub.accept(identity, batch, "k");
    await abortAllDurableObjects();
    const again = env.SANDBOX_MAILBOX.getByName(`${identity.tenantId}:${identity.connectionId}`);
    expect(await again.accept(identity, batch, "k")).toEqual(first);
    expect(await again.summary()).toMatchObject({ mails: 3 });
  });

  test("without keys it takes the same mail twice, and its own count shows it", async () => {
    const { stub, identity } = mailbox({ idempotent: false });
    const batch = letters(3);
    await stub.accept(identity, batch, "k");
    await stub.accept(identity, batch, "k");
    expect(await stub.summary()).toMatchObject({ mails: 6, messages: 3, recipients: 3 });
  });

  test("refuses by name, and too large a mail, without losing the others", async () => {
    const { stub, identity } = mailbox();
    const huge = letter("big@people.example", { html: "x".repeat(600_001) });
    const batch = [
      letter("refuse@people.example"),
      letter("ok@people.example"),
      letter("defer@people.example"),
      huge,
    ];
    const result = await stub.accept(identity, batch, "k");
    expect(result).toMatchObject({
      outcomes: [{ kind: "failed" }, { kind: "accepted" }, { kind: "deferred" }, { kind: "failed" }],
    });
    expect(await stub.summary()).toMatchObject({ mails: 1 });
  });

  test("bodies that shrink badly are parted over rows and come back whole", async () => {
    const { stub, identity } = mailbox();
    const noise = () => {
      const bytes = crypto.getRandomValues(new Uint8Array(60_000));
      return Array.from(bytes, (b) => String.fromCharCode(0x4e00 + b * 16)).join("");
    };
    const batch = letters(60).map((mail) => ({ ...mail, html: noise() }));
    await stub.accept(identity, batch, "k");
    const page = await stub.list({ search: "", before: null, limit: 100 });
    for (const summary of page) {
      const mail = await stub.mail(summary.id);
      expect(mail?.html === batch.find((m) => m.messageId === summary.messageId)?.html).toBe(true);
    }
  });

  test("emptied, it holds nothing and nothing more happens", async () => {
    const { stub, identity } = mailbox();
    await stub.accept(identity, letters(10), "k");
    await stub.clear();
    expect(await stub.summary()).toEqual({
      mails: 0,
      messages: 0,
      recipients: 0,
      waitingEvents: 0,
      firstAtMs: null,
    });
  });
});

describe("what it plays", () => {
  test("reports in batches by signed webhook, each event once and with our message id", async () => {
    const { stub, identity } = mailbox();
    const seen = await frontDoor(stub, () => 202);
    const batch = [
      ...Array.from({ length: 150 }, (_, i) => letter(`ignore${i}@people.example`)),
      letter("bounce@people.example"),
      letter("complain@people.example"),
    ];
    await stub.accept(identity, batch.slice(0, 100), "a");
    await stub.accept(identity, batch.slice(100), "b");
    await playOut(stub);
    const hooks = seen.filter((visit) => visit.url === `${origin}/hooks/sandbox/${identity.connectionId}`);
    expect(hooks.length).toBeLessThan(30);
    for (const { headers, body } of hooks) {
      expect(await verifySandboxSignature(headers, body, secret, Date.now())).toBe(true);
      expect(await verifySandboxSignature(headers, `${body} `, secret, Date.now())).toBe(false);
    }
    const events = hooks.flatMap(({ body }) => parseSandboxReport(body));
    expect(new Set(events.map((event) => event.providerEventId)).size).toBe(events.length);
    const told = (kind: string) =>
      events.filter((event) => event.kind === kind).map((event) => event.messageId);
    expect(told("delivered").sort()).toEqual(
      batch
        .filter((mail) => mail.to.email !== "bounce@people.example")
        .map((mail) => mail.messageId)
        .sort(),
    );
    expect(told("bounced")).toEqual([batch[150]?.messageId]);
    expect(told("complained")).toEqual([batch[151]?.messageId]);
    expect(events.find((event) => event.kind === "bounced")).toMatchObject({ bounce: "hard" });
  });

  test("people open, click and leave through the mail's own addresses", async () => {
    const { stub, identity } = mailbox();
    const seen = await frontDoor(stub, () => 200);
    const clicker = tracked("click@people.example");
    const leaver = tracked("unsubscribe@people.example");
    await stub.accept(identity, [clicker, leaver], "k");
    await playOut(stub);
    const visits = seen.filter((visit) => !visit.url.includes("/hooks/"));
    const pixels = visits.filter((visit) => visit.url === `${origin}/t/o/${clicker.messageId}`);
    expect(pixels.length).toBeGreaterThanOrEqual(1);
    expect(visits.some((visit) => visit.url === `${origin}/t/c/abc?a=1&b=2`)).toBe(true);
    const goodbye = visits.find((visit) => visit.url === `${origin}/t/u/${leaver.messageId}`);
    expect(goodbye).toMatchObject({ method: "POST", body: "List-Unsubscribe=One-Click" });
    for (const visit of visits) {
      expect(visit.url.startsWith(origin)).toBe(true);
      expect(visit.headers["user-agent"]).toMatch(/^Mozilla\/5\.0/);
      expect(visit.headers["cf-connecting-ip"]).toMatch(/^(?:198\.1[89]|17\.58)\./);
    }
    const page = await stub.list({ search: "", before: null, limit: 10 });
    const happened = Object.fromEntries(page.map((mail) => [mail.to, mail.happened]));
    expect(happened["click@people.example"]).toEqual(["delivered", "opened", "clicked"]);
    expect(happened["unsubscribe@people.example"]).toEqual(["delivered", "opened", "unsubscribed"]);
  });

  test("without evidence nobody is told, though it happens", async () => {
    const { stub, identity } = mailbox({ evidence: false });
    const seen = await frontDoor(stub, () => 202);
    await stub.accept(identity, [letter("ignore@people.example"), letter("bounce@people.example")], "k");
    await playOut(stub);
    expect(seen.filter((visit) => visit.url.includes("/hooks/"))).toEqual([]);
    const page = await stub.list({ search: "", before: null, limit: 10 });
    expect(page.map((mail) => mail.happened.join()).sort()).toEqual(["bounced", "delivered"]);
  });

  test("a report that was not taken is posted again with the same event ids until it is", async () => {
    const { stub, identity } = mailbox();
    let refusals = 2;
    const seen = await frontDoor(stub, () => (refusals-- > 0 ? 503 : 202));
    await stub.accept(identity, [letter("ignore@people.example")], "k");
    await playOut(stub);
    const events = seen
      .filter((visit) => visit.url.includes("/hooks/"))
      .map((visit) => parseSandboxReport(visit.body)[0]);
    expect(events).toHaveLength(3);
    expect(new Set(events.map((event) => event?.providerEventId)).size).toBe(1);
  });

  test("a crash in the middle leaves nobody's part unplayed", async () => {
    const { stub, identity } = mailbox();
    await frontDoor(stub, () => 202);
    await stub.accept(
      identity,
      Array.from({ length: 50 }, (_, i) => letter(`ignore${i}@people.example`)),
      "k",
    );
    await evictDurableObject(stub);
    await abortAllDurableObjects();
    const again = env.SANDBOX_MAILBOX.getByName(`${identity.tenantId}:${identity.connectionId}`);
    const seen = await frontDoor(again, () => 202);
    await playOut(again);
    const page = await again.list({ search: "", before: null, limit: 100 });
    expect(page.every((mail) => mail.happened.includes("delivered"))).toBe(true);
    expect(seen.length).toBeGreaterThan(0);
  });

  test("the plot shown is the one that was played", async () => {
    const { stub, identity } = mailbox();
    await stub.accept(identity, letters(20), "k");
    const page = await stub.list({ search: "", before: null, limit: 100 });
    expect(page.every((mail) => mail.plot === plotOf(mail.to))).toBe(true);
  });
});
