/** SMTP over a breaking line: what each broken stage means, and that nobody waits for ever. */
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import type { Connect } from "#queues/providers/smtp/adapter";
import { letter, letters } from "../../contracts/provider.ts";
import { openNodeStream } from "../../fakes/node-stream.ts";
import { startSmtp } from "../../fakes/smtp.ts";
import { kinds, providerFor, send, serve } from "./smtp-support.ts";

/** For what is not about time: a busy machine needs seconds to write out a mail of twelve megabytes. */
const longMs = 30_000;

describe("a broken line", () => {
  test.each(["mail", "rcpt", "body"] as const)(
    "cut at %s, before the end of the data, took nothing: deferred, and the others go on by a new connection",
    async (at) => {
      const server = await serve();
      server.troubles.push({ at, kind: "cut" });
      // Longer than what the system takes in before anyone has read it: so the break is felt while writing.
      const batch = [letter("a@x.example", { html: "x".repeat(12_000_000) }), ...letters(2)];
      expect(kinds(await send(server, batch, longMs))).toEqual(["deferred", "accepted", "accepted"]);
      expect(server.taken.map((mail) => mail.messageId)).toEqual(batch.slice(1).map((m) => m.messageId));
    },
    longMs,
  );

  test.each(["cut", "stall"] as const)(
    "%s after the end of the data is unknown for that mail alone",
    async (kind) => {
      const server = await serve();
      server.troubles.push({ at: "answer", kind });
      const batch = letters(3);
      const result = await send(server, batch, kind === "cut" ? longMs : 2_400);
      expect(kinds(result)[0]).toBe("unknown");
      // A stalled server has used up the time; a cut one leaves enough for the rest.
      expect(kinds(result).slice(1)).toEqual(
        kind === "cut" ? ["accepted", "accepted"] : ["deferred", "deferred"],
      );
    },
  );

  test("cut between the data and the taking of it is unknown too: nobody can tell", async () => {
    const server = await serve();
    server.troubles.push({ at: "data", kind: "cut" });
    expect(kinds(await send(server, letters(1)))).toEqual(["unknown"]);
    expect(server.taken).toEqual([]);
  });

  test("a server too slow to begin with any mail is away: nobody is in doubt, and it does not go on unnoticed", async () => {
    const server = await serve();
    let lateMs = 0;
    const open: Connect = async (address) => {
      const stream = await openNodeStream(address);
      lateMs = 2_300;
      return stream;
    };
    const provider = providerFor(server, {}, "", open, () => Date.now() + lateMs);
    const result = await provider.send(letters(2), { idempotencyKey: "k", timeoutMs: 3_000 });
    expect(result).toMatchObject({ kind: "refused", refusal: { kind: "unavailable" } });
    expect(server.taken).toEqual([]);
  });

  test("a mail for whose answer no time is left is not ended: nothing was taken, and nobody is in doubt", async () => {
    const server = await serve();
    let lateMs = 0;
    const open: Connect = async (address) => {
      const stream = await openNodeStream(address);
      return {
        ...stream,
        async write(bytes) {
          await stream.write(bytes);
          if (new TextDecoder().decode(bytes).includes("Subject:")) lateMs = 2_500;
        },
      };
    };
    const provider = providerFor(server, {}, "", open, () => Date.now() + lateMs);
    const result = await provider.send(letters(3), { idempotencyKey: "k", timeoutMs: 3_000 });
    expect(result).toMatchObject({
      outcomes: [
        { kind: "deferred", reason: "too little time was left to hear the answer" },
        // Their turn never came: a slow server costs them no try.
        { kind: "deferred", untried: true },
        { kind: "deferred", untried: true },
      ],
    });
    expect(server.taken).toEqual([]);
  });

  test("a server that never greets costs no more than the time allowed", async () => {
    const server = await serve();
    server.troubles.push({ at: "greeting", kind: "stall" });
    const startedMs = performance.now();
    expect(await send(server, letters(2), 400)).toMatchObject({ refusal: { kind: "unavailable" } });
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });

  test("a server that hangs up on every connection does not make it try for ever", async () => {
    const server = await serve();
    for (let i = 0; i < 20; i++) server.troubles.push({ at: "mail", kind: "cut" });
    expect(kinds(await send(server, letters(8)))).toEqual(Array(8).fill("deferred"));
    expect(server.state.connections).toBeLessThanOrEqual(3);
  });
});

test("nobody listening is unavailable, and verifying says so", async () => {
  const server = await startSmtp();
  await server.stop();
  const provider = providerFor(server);
  expect(await provider.send(letters(1), { idempotencyKey: "k", timeoutMs: 2_000 })).toMatchObject({
    refusal: { kind: "unavailable" },
  });
  expect(await provider.verify()).toMatchObject({ ok: false });
  expect(await new Promise((resolve) => connect(server.port).once("error", () => resolve("closed")))).toBe(
    "closed",
  );
});
