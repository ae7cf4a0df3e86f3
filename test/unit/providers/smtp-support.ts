/** SMTP servers for one test, and the adapter over a real socket to them. */
import { afterEach } from "vitest";
import { idMint } from "#domain/ports";
import type { BatchResult, OutgoingEmail } from "#domain/sending/provider";
import { type Connect, openSmtp } from "#queues/providers/smtp/adapter";
import type { ByteStream } from "#queues/providers/smtp/stream";
import { openNodeStream } from "../../fakes/node-stream.ts";
import { type SmtpFake, type SmtpOptions, startSmtp } from "../../fakes/smtp.ts";

const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));
const running: SmtpFake[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

export async function serve(options: SmtpOptions = {}): Promise<SmtpFake> {
  const server = await startSmtp(options);
  running.push(server);
  return server;
}

export function providerFor(
  server: { host: string; port: number },
  settings: Record<string, string> = {},
  password = "",
  open: Connect = openNodeStream,
  now: () => number = Date.now,
) {
  return openSmtp(
    { now, env: { PUBLIC_ORIGIN: "http://127.0.0.1:8787" } },
    {
      tenantId: newId("ten"),
      id: newId("cxn"),
      kind: "smtp",
      settings: { host: server.host, port: server.port, security: "none", ...settings },
      secrets: { password },
    },
    open,
  );
}
export const send = (server: SmtpFake, batch: readonly OutgoingEmail[], timeoutMs = 3_000) =>
  providerFor(server).send(batch, { idempotencyKey: "k", timeoutMs });
export const kinds = (result: BatchResult) =>
  result.kind === "settled" ? result.outcomes.map((o) => o.kind) : [result.refusal.kind];

/** A server that says its lines one after the other, whatever it is told. */
export function speaking(lines: readonly string[], said: string[] = []): ByteStream {
  const waiting = [...lines];
  return {
    async read() {
      const next = waiting.shift();
      return next === undefined ? undefined : new TextEncoder().encode(next);
    },
    async write(bytes) {
      said.push(new TextDecoder().decode(bytes));
    },
    async startTls() {
      throw new Error("not in this script");
    },
    close() {},
  };
}
