/** The sandbox's far end inside workerd: what it keeps, and what survives a crash. */
import { abortAllDurableObjects, env, runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import type { OutgoingEmail } from "#domain/sending/provider";
import { letter, letters } from "../contracts/provider.ts";
import { mailbox, newId } from "./sandbox-support.ts";

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
    // A row of a Durable Object holds 2 MB in production; workerd alone would let more pass.
    const largest = await runInDurableObject(stub, (_instance, state) =>
      state.storage.sql.exec("select max(length(bodies)) bytes from batches").one(),
    );
    expect(largest.bytes).toBeLessThan(2_000_000);
    const page = await stub.list({ search: "", before: null, limit: 100 });
    expect(page).toHaveLength(60);
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
