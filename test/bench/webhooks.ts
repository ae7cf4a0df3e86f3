/** Signed batches of SendGrid, from the post to committed rows, beside the same rows inserted by one writer. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "@planetscale/database";
import { rowsLiteral } from "#db/bulk";
import type { TenantId } from "#domain/ids";
import { idMint } from "#domain/ports";
import { startSendgrid } from "#test/fakes/sendgrid";
import { bodyOf, type EventEndpoint, signatureHeaders } from "#test/fakes/sendgrid-webhooks";
import { until } from "#test/support/client";
import { type Stack, startStack } from "#worker/local/stack";
import { perThing, watchCpu } from "./cpu.ts";
import { type Measured, median } from "./report.ts";
import { openShop } from "./shop.ts";

type Options = {
  readonly recipients: number;
  readonly runs: number;
  readonly say: (line: string) => void;
};
const perPost = 500;
const atOnce = 4;

export async function benchWebhooks(options: Options): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), "larkpost-bench-"));
  const sendgrid = await startSendgrid({ requestsPerSecond: 1_000_000 });
  const stack = await startStack({
    port: 0,
    dashboard: false,
    cronIntervalMs: 0,
    bufferPoolMegabytes: 1_024,
    dataDir: join(folder, "stack"),
  });
  try {
    await stack.healthy();
    const shop = await openShop(stack, options.recipients, {
      kind: "sendgrid",
      settings: { base_url: sendgrid.baseUrl },
      api_key: "SG.test.full",
    });
    const endpoint = sendgrid.hooks.register(`${stack.origin}/hooks/sendgrid/${shop.connectionId}`);
    const secrets = { webhook_secret: endpoint.publicKey };
    await shop.client.call("PATCH", `/v1/connections/${shop.connectionId}`, { secrets });
    const rates: { own: number; bare: number }[] = [];
    for (let run = 0; run <= options.runs; run++) {
      sendgrid.forget();
      await shop.timeCampaign();
      for (const mail of sendgrid.taken) {
        sendgrid.hooks.note("delivered", mail);
        sendgrid.hooks.note("open", mail);
      }
      const before = await shop.eventRows();
      const watch = watchCpu(stack.pids());
      const events = endpoint.noted.length;
      const startedMs = performance.now();
      await postAll(endpoint);
      const answeredMs = performance.now();
      const all = async () => (await shop.eventRows()) >= before + events;
      await until("all events to be rows", all, 300_000, 100);
      const own = (events * 1_000) / (performance.now() - startedMs);
      const spent = watch.stop();
      const bare = await timeBare(stack, events);
      options.say(
        `${Math.round(own)} events/s to rows (answered at ${Math.round((events * 1_000) / (answeredMs - startedMs))}/s), one writer ${Math.round(bare)} rows/s; processor µs per event: ${perThing(spent, events)}`,
      );
      // The first one warms up and is not counted.
      if (run > 0) rates.push({ own, bare });
    }
    return {
      name: "webhooks",
      value: median(rates.map((r) => r.own)),
      unit: "events/s, posted to committed",
      ceiling: median(rates.map((r) => r.bare)),
      ratio: median(rates.map((r) => r.own / r.bare)),
      runs: options.runs,
    };
  } finally {
    await Promise.allSettled([stack.stop(), sendgrid.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function postAll(endpoint: EventEndpoint): Promise<void> {
  const events = endpoint.noted.map(({ event }) => event);
  let next = 0;
  const lane = async () => {
    while (next < events.length) {
      const body = bodyOf(events.slice(next, next + perPost));
      next += perPost;
      const headers = signatureHeaders(endpoint.privateKey, Math.floor(Date.now() / 1_000), body);
      const answer = await fetch(endpoint.url, { method: "POST", headers, body });
      if (!answer.ok) throw new Error(`a report was answered with ${answer.status}: ${await answer.text()}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

/** As many rows of the same shape, through the same gateway, by one writer that does nothing else. */
async function timeBare(stack: Stack, events: number): Promise<number> {
  const client = new Client({ url: stack.databaseUrl });
  const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));
  const tenant = { id: newId("ten") as TenantId };
  const run = { id: newId("run") };
  const data = { ip: "198.18.0.9", user_agent: "Mozilla/5.0 (X11; Linux x86_64)" };
  const startedMs = performance.now();
  for (let at = 0; at < events; at += 1_000) {
    const rows = Array.from({ length: Math.min(1_000, events - at) }, () => [
      tenant,
      { id: newId("evt") },
      { id: newId("msg") },
      { id: newId("ctc") },
      run,
      "delivered",
      crypto.getRandomValues(new Uint8Array(16)),
      0,
      null,
      "250 2.0.0 OK",
      { json: data },
      new Date(),
    ]);
    const columns =
      "tenant_id, id, message_id, contact_id, source_id, kind, dedupe_key, machine, link_position, detail, data, at";
    await client.execute(`insert into message_events (${columns}) values ${rowsLiteral(rows)}`);
  }
  return (events * 1_000) / (performance.now() - startedMs);
}
