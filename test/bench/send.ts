/** How fast a campaign goes out, beside the bare ceiling of the same machine in the same run. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startResend } from "#test/fakes/resend";
import { root } from "#worker/local/command";
import { type Stack, startStack } from "#worker/local/stack";
import { perThing, watchCpu } from "./cpu.ts";
import { benchContent } from "./people.ts";
import { type Measured, median } from "./report.ts";
import { openShop, resendAt } from "./shop.ts";

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
    const shop = await openShop(stack, options.recipients, resendAt(resend.baseUrl));
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
