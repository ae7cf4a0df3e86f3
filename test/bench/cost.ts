/** What a million recipients cost at Cloudflare, counted: a campaign, its reports, and the people who open and click. */
import { mkdtempSync, rmSync } from "node:fs";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSendgrid } from "#test/fakes/sendgrid";
import { until } from "#test/support/client";
import { type Counts, startCountedStack } from "./counted/stack.ts";
import { watchCpu } from "./cpu.ts";
import type { Measured } from "./report.ts";
import { openShop } from "./shop.ts";
import { visit } from "./visit.ts";

type Options = { readonly recipients: number; readonly say: (line: string) => void };

/** US dollars for one of each (Cloudflare prices of 2026; what a plan includes is not taken off). */
const prices: Record<string, number> = {
  worker_requests: 0.3e-6,
  worker_cpu_ms: 0.02e-6,
  queue_operations: 0.4e-6,
  object_requests: 0.15e-6,
  object_rows_read: 0.001e-6,
  object_rows_written: 1e-6,
  object_gigabyte_seconds: 12.5e-6,
  bucket_writes: 4.5e-6,
  bucket_reads: 0.36e-6,
};
/** Of all recipients: what a good campaign sees, machines included. */
const openShare = 0.4;
const clickShare = 0.05;
/** SendGrid gathers events for a second or two before it posts. */
const perPost = 500;
const visitorsAtOnce = 32;
/** An object is paid for as 128 MB while it is awake. */
const objectGigabytes = 0.125;

export async function benchCost(options: Options): Promise<Measured> {
  const { recipients, say } = options;
  const folder = mkdtempSync(join(tmpdir(), "larkpost-bench-"));
  const sendgrid = await startSendgrid({ requestsPerSecond: 1_000_000 });
  const stack = await startCountedStack(folder);
  const agent = new Agent({ keepAlive: true, maxSockets: visitorsAtOnce });
  try {
    const shop = await openShop(stack, recipients, {
      kind: "sendgrid",
      settings: { base_url: sendgrid.baseUrl },
      api_key: "SG.test.full",
    });
    const endpoint = sendgrid.hooks.register(`${stack.origin}/hooks/sendgrid/${shop.connectionId}`);
    const secrets = { webhook_secret: endpoint.publicKey };
    await shop.client.call("PATCH", `/v1/connections/${shop.connectionId}`, { secrets });
    const rowsAfter = async (expected: number) =>
      until("the events to be rows", async () => (await shop.eventRows()) >= expected, 300_000, 200);

    const measure = async (name: string, work: () => Promise<void>) => {
      await stack.counts();
      const cpu = watchCpu({ workerd: stack.pids().workerd });
      const startedMs = performance.now();
      await work();
      const seconds = (performance.now() - startedMs) / 1_000;
      const counts: Record<string, number> = { ...(await stack.counts()) };
      counts.worker_cpu_ms = cpu.stop().workerd ?? 0;
      if (name === "send") counts.object_gigabyte_seconds = 2 * seconds * objectGigabytes;
      return report(name, counts, recipients, say);
    };

    let rate = 0;
    const sending = await measure("send", async () => {
      rate = (await shop.timeCampaign()).rate;
    });
    const mails = [...sendgrid.taken];
    for (const mail of mails) {
      sendgrid.hooks.note("processed", mail);
      sendgrid.hooks.note("delivered", mail);
    }
    const reports = await measure("reports", async () => {
      await sendgrid.hooks.deliver({ perPost });
      await rowsAfter(2 * recipients);
    });
    const addresses = (share: number, pattern: RegExp) =>
      mails.slice(0, Math.round(recipients * share)).flatMap((mail) => pattern.exec(mail.html)?.[0] ?? []);
    const hits = [
      ...addresses(openShare, /http[^"]*\/t\/o\/[^"]+/),
      ...addresses(clickShare, /http[^"]*\/t\/c\/[^"]+/),
    ];
    const visits = await measure("opens and clicks", async () => {
      let next = 0;
      const lane = async () => {
        while (next < hits.length) await visit(hits[next++] ?? "", agent);
      };
      await Promise.all(Array.from({ length: visitorsAtOnce }, lane));
      await rowsAfter(2 * recipients + hits.length);
    });
    const dollars = sending + reports + visits;
    return {
      name: "cost",
      value: dollars,
      unit: "US dollars per million recipients, provider excluded",
      ceiling: 1,
      ratio: dollars,
      runs: 1,
      extra: {
        recipients,
        sending,
        reports,
        visits,
        send_rate: rate,
        open_share: openShare,
        click_share: clickShare,
      },
    };
  } finally {
    agent.destroy();
    await Promise.allSettled([stack.stop(), sendgrid.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Says what was counted for each thousand recipients; answers dollars per million of them. */
function report(name: string, counts: Counts, recipients: number, say: (line: string) => void): number {
  let dollars = 0;
  for (const [what, n] of Object.entries(counts).sort()) {
    const perMillion = (n * 1_000_000) / recipients;
    const cost = perMillion * (prices[what] ?? 0);
    dollars += cost;
    const priced = what in prices ? `, ${cost.toFixed(4)} dollars per million` : "";
    say(`${name}: ${what} ${((n * 1_000) / recipients).toFixed(2)} per 1,000${priced}`);
  }
  say(`${name}: ${dollars.toFixed(3)} dollars per million recipients`);
  return dollars;
}
