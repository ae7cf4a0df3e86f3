/** The SMTP adapter inside workerd, over cloudflare:sockets: STARTTLS and TLS with certificates that are checked. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Miniflare } from "miniflare";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { BatchResult } from "#domain/sending/provider";
import type { SmtpOptions } from "../../fakes/smtp.ts";
import { kinds, serve } from "./smtp-support.ts";

const fakes = join(import.meta.dirname, "../../fakes");
const certificateOf = (name: string) => ({
  key: readFileSync(join(fakes, `tls/${name}.key`), "utf8"),
  cert: readFileSync(join(fakes, `tls/${name}.pem`), "utf8"),
});

const earlier = process.env.NODE_EXTRA_CA_CERTS;
let workerd: Miniflare;
beforeAll(async () => {
  // workerd believes the authorities every browser knows, and those miniflare finds here when it is loaded.
  process.env.NODE_EXTRA_CA_CERTS = join(fakes, "tls/authority.pem");
  const { convertV4MiniflareOptions, Miniflare } = await import("miniflare");
  const modules = [
    { type: "ESModule" as const, path: join(fakes, "smtp-worker.js"), contents: await bundle() },
  ];
  const worker = {
    name: "smtp",
    modulesRoot: fakes,
    modules,
    compatibilityDate: "2026-10-01",
    compatibilityFlags: ["nodejs_compat"],
  };
  workerd = new Miniflare(convertV4MiniflareOptions({ workers: [worker] }));
  await workerd.ready;
}, 30_000);
afterAll(async () => {
  if (earlier === undefined) delete process.env.NODE_EXTRA_CA_CERTS;
  else process.env.NODE_EXTRA_CA_CERTS = earlier;
  await workerd.dispose();
});

async function bundle(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: "silent",
    ssr: { noExternal: true, target: "webworker" },
    build: {
      ssr: join(fakes, "smtp-worker.ts"),
      write: false,
      rollupOptions: { external: [/^cloudflare:/, /^node:/], output: { codeSplitting: false } },
    },
  });
  const [output] = [built].flat();
  const chunk = output && "output" in output ? output.output[0] : undefined;
  if (!chunk) throw new Error("nothing was built");
  return chunk.code;
}

const user = { name: "shop", password: "pässword" };
async function sendFrom(options: SmtpOptions, security: string, count: number) {
  const server = await serve({ user, ...options });
  const batch = Array.from({ length: count }, (_, i) => ({
    messageId: `msg_${i}`,
    from: { email: "news@shop.example" },
    to: { email: `p${i}@people.example` },
    subject: "Für dich",
    html: "<p>Grüße</p>",
    text: "Grüße",
    headers: {},
  }));
  const settings = { host: "localhost", port: server.port, security, username: user.name };
  const connection = { kind: "smtp", settings, secrets: { password: user.password } };
  const answer = await workerd.dispatchFetch("http://worker.test/", {
    method: "POST",
    body: JSON.stringify({ connection, batch }),
  });
  return {
    server,
    result: (await answer.json()) as BatchResult,
  };
}

test.each([
  ["starttls", { startTls: true }],
  ["tls", { implicitTls: true }],
] as const)("%s: login and a whole batch over one encrypted connection", async (security, options) => {
  const { server, result } = await sendFrom(
    { ...options, certificate: certificateOf("server") },
    security,
    5,
  );
  expect(kinds(result)).toEqual(Array(5).fill("accepted"));
  expect(server.taken.map(({ secure }) => secure)).toEqual(Array(5).fill(true));
  expect(server.state.connections).toBe(1);
});

test.each([
  ["starttls", { startTls: true }],
  ["tls", { implicitTls: true }],
] as const)(
  "%s: a certificate nobody vouches for gets neither password nor mail",
  async (security, options) => {
    const { server, result } = await sendFrom(
      { ...options, certificate: certificateOf("stranger") },
      security,
      2,
    );
    expect(kinds(result)).toEqual(["unavailable"]);
    expect(server.taken).toEqual([]);
  },
);
