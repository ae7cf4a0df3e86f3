/** How fast a campaign goes out, beside the bare ceiling of the same machine in the same run. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import { literal, rowsLiteral } from "#db/bulk";
import type { TenantId } from "#domain/ids";
import { idMint } from "#domain/ports";
import { startResend } from "#test/fakes/resend";
import { signUp, until } from "#test/support/client";
import { root } from "#worker/local/command";
import { type Stack, startStack } from "#worker/local/stack";
import { perThing, watchCpu } from "./cpu.ts";
import { benchContent, fieldKeys, personOf } from "./people.ts";
import { type Measured, median } from "./report.ts";

type Options = { readonly recipients: number; readonly runs: number; readonly say: (line: string) => void };

export async function benchSend(options: Options): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), "larkpost-bench-"));
  const resend = await startResend({ requestsPerSecond: 1_000_000, light: true });
  const quiet = { port: 0, dashboard: false, cronIntervalMs: 0 } as const;
  const config = join(root, "test/bench/bare/wrangler.toml");
  const bare = await startStack({
    ...quiet,
    dataDir: join(folder, "bare"),
    config,
    databaseUrl: "http://none.invalid",
  });
  const stack = await startStack({ ...quiet, dataDir: join(folder, "stack"), bufferPoolMegabytes: 1_024 });
  try {
    await Promise.all([bare.healthy(), stack.healthy()]);
    const shop = await openShop(stack, options.recipients, resend.baseUrl);
    const ceilings: number[] = [];
    const rates: number[] = [];
    const sendOnly: number[] = [];
    // The first pair warms both up and is not counted.
    for (let run = 0; run <= options.runs; run++) {
      resend.forget();
      const bareCpu = watchCpu({ ...bare.pids(), "far end": process.pid });
      const ceiling = await timeBare(bare, options.recipients, resend.baseUrl);
      const bareSpent = bareCpu.stop();
      resend.forget();
      const ownCpu = watchCpu({ ...stack.pids(), "far end": process.pid });
      const timed = await shop.timeCampaign();
      const ownSpent = ownCpu.stop();
      if (resend.taken.length !== options.recipients)
        throw new Error(`${resend.taken.length} mails instead of ${options.recipients}`);
      const line = `ceiling ${Math.round(ceiling)}/s, campaign ${Math.round(timed.rate)}/s, without the freeze ${Math.round(timed.sendOnly)}/s`;
      options.say(`processor µs per recipient, ceiling: ${perThing(bareSpent, options.recipients)}`);
      options.say(`processor µs per recipient, campaign: ${perThing(ownSpent, options.recipients)}`);
      options.say(run === 0 ? `warm-up: ${line}` : `run ${run}: ${line}`);
      if (run === 0) continue;
      ceilings.push(ceiling);
      rates.push(timed.rate);
      sendOnly.push(timed.sendOnly);
    }
    const ratios = rates.map((rate, i) => rate / (ceilings[i] ?? Number.NaN));
    const sendRatios = sendOnly.map((rate, i) => rate / (ceilings[i] ?? Number.NaN));
    return {
      name: "send",
      value: median(rates),
      unit: "recipients/s, launch to completed",
      ceiling: median(ceilings),
      ratio: median(ratios),
      runs: options.runs,
      extra: {
        recipients: options.recipients,
        send_only: median(sendOnly),
        send_only_ratio: median(sendRatios),
      },
    };
  } finally {
    await Promise.allSettled([stack.stop(), bare.stop(), resend.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timeBare(bare: Stack, recipients: number, providerUrl: string): Promise<number> {
  const startedMs = performance.now();
  const body = JSON.stringify({ recipients, providerUrl, content: benchContent() });
  // The path is one that the local front hands to the Worker.
  const response = await fetch(`${bare.origin}/v1/run`, { method: "POST", body });
  const { sent } = (await response.json()) as { sent: number };
  if (sent !== recipients) throw new Error(`the ceiling sent ${sent} of ${recipients}`);
  return (recipients * 1_000) / (performance.now() - startedMs);
}

async function openShop(stack: Stack, recipients: number, providerUrl: string) {
  const { client, tenantId } = await signUp(stack.origin, "Bench Shop");
  const { client: _typed, ...address } = { client, ...stack.mysql };
  const { host, port, user, password } = address as {
    host: string;
    port: number;
    user: string;
    password: string;
  };
  const mysql = await createConnection({ host, port, user, password, database: "larkpost" });
  const tenant = { id: tenantId as TenantId };
  const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));
  const now = new Date();
  for (let from = 0; from < recipients; from += 1_000) {
    const rows = Array.from({ length: Math.min(1_000, recipients - from) }, (_, j) => {
      const p = personOf(from + j);
      return [
        tenant,
        { id: newId("ctc") },
        p.email,
        p.firstName,
        p.lastName,
        p.locale,
        p.country,
        { json: p.fields },
        "subscribed",
        "api",
        now,
        now,
      ];
    });
    await mysql.query(
      `insert into contacts (tenant_id, id, email, first_name, last_name, locale, country, fields, email_consent, source, created_at, updated_at) values ${rowsLiteral(rows)}`,
    );
  }
  for (const key of fieldKeys)
    await client.call("POST", "/v1/fields", { key, label: key, type: key === "points" ? "number" : "text" });
  await mysql.query(`update tenants set postal_address = ${literal(benchContent().postalAddress)}`);
  await mysql.query("analyze table contacts");
  const { postalAddress: _address, ...content } = benchContent();
  const template = await client.call<{ id: string }>("POST", "/v1/templates", { name: "Bench", ...content });
  const connection = await client.call<{ id: string }>("POST", "/v1/connections", {
    kind: "resend",
    name: "Resend, played",
    rate_per_second: 100_000,
    settings: { base_url: providerUrl },
    api_key: "re_test_full",
  });
  return {
    async timeCampaign() {
      const campaign = await client.call<{ id: string }>("POST", "/v1/campaigns", {
        name: "Bench",
        template_id: template.id,
        connection_id: connection.id,
        from_email: "news@shop.example",
        audience: { everyone: true },
      });
      await client.call("POST", `/v1/campaigns/${campaign.id}/send`);
      await until(
        "the campaign to complete",
        async () =>
          (await client.call<{ state: string }>("GET", `/v1/campaigns/${campaign.id}`)).state === "completed",
        600_000,
        250,
      );
      const [rows] = await mysql.query(
        "select timestampdiff(microsecond, started_at, finished_at) / 1e6 as whole, timestampdiff(microsecond, frozen_at, finished_at) / 1e6 as sending from runs order by id desc limit 1",
      );
      const [times] = rows as { whole: string; sending: string }[];
      return { rate: recipients / Number(times?.whole), sendOnly: recipients / Number(times?.sending) };
    },
  };
}
