/** SMTP beyond the contract: replies, logins, TLS, and what arrives. */
import PostalMime from "postal-mime";
import { describe, expect, test } from "vitest";
import type { Connect } from "#queues/providers/smtp/adapter";
import { letter, letters } from "../../contracts/provider.ts";
import { kinds, providerFor, send, serve, speaking } from "./smtp-support.ts";

describe("replies", () => {
  test("4xx for one recipient defers that one, 5xx fails it, at RCPT and after the data", async () => {
    const server = await serve();
    server.refusals.set("grey@x.example", { at: "rcpt", code: 450, text: "4.7.1 greylisted" });
    server.refusals.set("gone@x.example", { at: "rcpt", code: 550, text: "5.1.1 unknown" });
    server.refusals.set("full@x.example", { at: "data", code: 452, text: "4.2.2 full" });
    server.refusals.set("spam@x.example", { at: "data", code: 554, text: "5.7.1 spam" });
    const batch = ["grey", "gone", "ok", "full", "spam", "fine"].map((name) => letter(`${name}@x.example`));
    const result = await send(server, batch);
    expect(kinds(result)).toEqual(["deferred", "failed", "accepted", "deferred", "failed", "accepted"]);
    expect(result).toMatchObject({
      outcomes: [{ reason: "450 4.7.1 greylisted" }, { reason: "550 5.1.1 unknown" }, {}, {}, {}, {}],
    });
    expect(server.state.connections).toBe(1);
  });

  test("421 ends the session, and the rest goes by another", async () => {
    const server = await serve({ mailsPerConnection: 2 });
    const result = await send(server, letters(5));
    // The mail that met the 421 waits for another time; a new connection takes the next ones.
    expect(kinds(result)).toEqual(["accepted", "accepted", "deferred", "accepted", "accepted"]);
    expect(new Set(server.taken.map((mail) => mail.session)).size).toBe(2);
  });

  test("421 after the data ends the session as well", async () => {
    const streams = [
      [
        "220 hi\r\n",
        "250 x\r\n",
        "250 ok\r\n",
        "250 ok\r\n",
        "354 go\r\n",
        "421 4.3.2 going down\r\n",
        "250 not any more\r\n",
      ],
      ["220 hi\r\n", "250 x\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n", "250 queued\r\n", "221 bye\r\n"],
    ];
    const scripted: Connect = async () => speaking(streams.shift() ?? []);
    const provider = providerFor({ host: "x", port: 1 }, {}, "", scripted);
    const result = await provider.send(letters(2), { idempotencyKey: "k", timeoutMs: 2_000 });
    expect(kinds(result)).toEqual(["deferred", "accepted"]);
    expect(streams).toEqual([]);
  });

  test("one connection serves a whole batch", async () => {
    const server = await serve();
    await send(server, letters(20));
    expect(server.state.connections).toBe(1);
    expect(server.taken).toHaveLength(20);
  });

  test("the id the server names is the provider's id", async () => {
    const server = await serve();
    expect(await send(server, letters(1))).toMatchObject({ outcomes: [{ providerMessageId: "00000001" }] });
  });
});

describe("login and encryption", () => {
  const user = { name: "shop", password: "s3cret" };

  test("STARTTLS encrypts before the login", async () => {
    const server = await serve({ startTls: true, user });
    const provider = providerFor(server, { security: "starttls", username: user.name }, user.password);
    expect(kinds(await provider.send(letters(2), { idempotencyKey: "k", timeoutMs: 3_000 }))).toEqual([
      "accepted",
      "accepted",
    ]);
    expect(server.taken.every((mail) => mail.secure)).toBe(true);
  });

  test("implicit TLS works from the first byte", async () => {
    const server = await serve({ implicitTls: true });
    const provider = providerFor(server, { security: "tls" });
    expect(kinds(await provider.send(letters(1), { idempotencyKey: "k", timeoutMs: 3_000 }))).toEqual([
      "accepted",
    ]);
  });

  test("a server without STARTTLS gets neither password nor mail", async () => {
    const server = await serve({ user });
    const provider = providerFor(server, { security: "starttls", username: user.name }, user.password);
    const result = await provider.send(letters(1), { idempotencyKey: "k", timeoutMs: 3_000 });
    expect(result).toMatchObject({
      refusal: { kind: "rejected", reason: expect.stringContaining("STARTTLS") },
    });
    expect(server.taken).toEqual([]);
  });

  test("a login the server cannot check just now is no reason to call a person", async () => {
    const server = await serve({ user });
    server.state.loginRefusal = { code: 454, text: "4.7.0 try later" };
    const provider = providerFor(server, { username: user.name }, user.password);
    const result = await provider.send(letters(1), { idempotencyKey: "k", timeoutMs: 3_000 });
    expect(result).toMatchObject({ refusal: { kind: "unavailable" } });
  });

  test("something that is no SMTP server is refused in words", async () => {
    const scripted: Connect = async () => speaking(["HTTP/1.1 400 Bad Request\r\n\r\n"]);
    const provider = providerFor({ host: "x", port: 1 }, {}, "", scripted);
    expect(await provider.verify()).toMatchObject({
      ok: false,
      reason: expect.stringContaining("does not speak SMTP"),
    });
  });

  test("words slipped in before TLS begins end the conversation (CVE-2011-0411)", async () => {
    const scripted: Connect = async () =>
      speaking(["220 hi\r\n", "250-x\r\n250 STARTTLS\r\n", "220 go\r\n250 injected\r\n"]);
    const provider = providerFor({ host: "x", port: 1 }, { security: "starttls" }, "", scripted);
    expect(await provider.verify()).toMatchObject({
      ok: false,
      reason: expect.stringContaining("before TLS"),
    });
  });

  test("a server that opens the data although it refused the recipient gets an empty mail, not ours", async () => {
    const said: string[] = [];
    const scripted: Connect = async () =>
      speaking(
        [
          "220 hi\r\n",
          "250-x\r\n250 PIPELINING\r\n",
          "250 ok\r\n550 no\r\n354 go\r\n",
          "554 nobody\r\n",
          "250 reset\r\n",
          "221 bye\r\n",
        ],
        said,
      );
    const provider = providerFor({ host: "x", port: 1 }, {}, "", scripted);
    expect(kinds(await provider.send(letters(1), { idempotencyKey: "k", timeoutMs: 2_000 }))).toEqual([
      "failed",
    ]);
    expect(said.join("")).not.toContain("Subject:");
    expect(said).toContain(".\r\n");
  });
});

describe("what arrives", () => {
  test("is the mail, with our id in Message-ID and header", async () => {
    const server = await serve();
    const mail = letter("ann@x.example", {
      text: ".\r\n..dots\r\n.",
      html: "<p>\n.\n</p>",
      subject: "Grüße 🎉",
    });
    await send(server, [mail]);
    const read = await PostalMime.parse(server.taken[0]?.raw ?? "");
    expect(read.subject).toBe("Grüße 🎉");
    expect(read.text?.trimEnd().replaceAll("\r\n", "\n")).toBe(".\n..dots\n.");
    expect(read.messageId).toBe(`<${mail.messageId}@shop.example>`);
    expect(server.taken[0]).toMatchObject({
      from: "news@shop.example",
      to: ["ann@x.example"],
      messageId: mail.messageId,
    });
  });

  test("a recipient who is a command in disguise is refused before anything is said", async () => {
    const server = await serve();
    const evil = letter("a@x.example>\r\nRCPT TO:<victim@x.example");
    expect(kinds(await send(server, [evil, letter("b@x.example")]))).toEqual(["failed", "accepted"]);
    expect(server.taken.flatMap((mail) => mail.to)).toEqual(["b@x.example"]);
  });
});
