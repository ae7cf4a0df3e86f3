/** The sandbox's recipients inside workerd: reports, opens, clicks and goodbyes, through crashes and refusals. */
import { abortAllDurableObjects, env, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import type { OutgoingEmail } from "#domain/sending/provider";
import { plotOf } from "#domain/sending/sandbox-plot";
import type { Connection } from "#queues/providers/connection";
import { parseSandboxReport, sandboxAdapter } from "#queues/providers/sandbox";
import { letter, letters } from "../contracts/provider.ts";
import { frontDoor, mailbox, playOut, secret } from "./sandbox-support.ts";

const origin = env.PUBLIC_ORIGIN;

const tracked = (to: string): OutgoingEmail => {
  const mail = letter(to);
  const html = `<a href="https://elsewhere.example/x">x</a><a href="${origin}/t/c/abc?a=1&amp;b=2">go</a><img src="${origin}/t/o/${mail.messageId}">`;
  const headers = {
    "List-Unsubscribe": `<${origin}/t/u/${mail.messageId}>, <mailto:off@shop.example>`,
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
  };
  return { ...mail, html, headers };
};

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
      const genuine = (rawBody: string) => {
        const request = { method: "POST", url: "https://x.example/hooks", headers, rawBody };
        const connection = { secrets: { webhook_secret: secret } } as unknown as Connection;
        return sandboxAdapter.verifyReport(request, connection, { now: Date.now, fetch });
      };
      expect(await genuine(body)).toBe(true);
      expect(await genuine(`${body} `)).toBe(false);
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

  test("an alarm that was never set is set when somebody comes by", async () => {
    const { stub, identity } = mailbox();
    await stub.accept(identity, [letter("ignore@people.example")], "k");
    await runInDurableObject(stub, (_instance, state) => state.storage.deleteAlarm());
    await evictDurableObject(stub);
    await frontDoor(stub, () => 202);
    const summary = await playOut(stub);
    expect(summary.mails).toBe(1);
  });

  test("the plot shown is the one that was played", async () => {
    const { stub, identity } = mailbox();
    await stub.accept(identity, letters(20), "k");
    const page = await stub.list({ search: "", before: null, limit: 100 });
    expect(page.every((mail) => mail.plot === plotOf(mail.to))).toBe(true);
  });
});
