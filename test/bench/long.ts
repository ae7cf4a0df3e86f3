/** One long campaign: is its last tenth as fast as its first, and does memory stay where it was? */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startResend } from "#test/fakes/resend";
import { startStack } from "#worker/local/stack";
import type { Measured } from "./report.ts";
import { openShop, resendAt } from "./shop.ts";

type Options = { readonly recipients: number; readonly say: (line: string) => void };
const sampleEveryMs = 1_000;

export async function benchLong({ recipients, say }: Options): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), "larkpost-bench-"));
  const resend = await startResend({ requestsPerSecond: 1_000_000, light: true });
  const stack = await startStack({
    port: 0,
    dashboard: false,
    cronIntervalMs: 60_000,
    bufferPoolMegabytes: 1_024,
    dataDir: join(folder, "stack"),
  });
  const memory: number[] = [];
  const pid = stack.pids().workerd ?? 0;
  const sampling = setInterval(() => memory.push(residentMegabytes(pid)), sampleEveryMs);
  try {
    await stack.healthy();
    const shop = await openShop(stack, recipients, resendAt(resend.baseUrl));
    say(`${recipients} people stored, launching`);
    memory.length = 0;
    const { rate } = await shop.timeCampaign(3_600_000);
    const ids = new Set(resend.taken.map((mail) => mail.headers["X-Larkpost-Message"]));
    if (resend.taken.length !== recipients || ids.size !== recipients)
      throw new Error(`${resend.taken.length} mails, ${ids.size} of them distinct, instead of ${recipients}`);
    const tenths = ratesByTenth(resend.taken.map((mail) => mail.atMs));
    say(`rates by tenth: ${tenths.map((tenth) => Math.round(tenth)).join(", ")} a second`);
    const third = Math.floor(memory.length / 3);
    const early = Math.max(...memory.slice(0, third));
    const late = Math.max(...memory.slice(-third));
    say(`memory of workerd: at most ${early} MB in the first third, ${late} MB in the last`);
    return {
      name: "long",
      value: tenths.at(-1) ?? 0,
      unit: "recipients/s in the last tenth",
      ceiling: tenths[0] ?? 0,
      ratio: (tenths.at(-1) ?? 0) / (tenths[0] ?? 1),
      runs: 1,
      extra: { recipients, whole: rate, early_megabytes: early, late_megabytes: late },
    };
  } finally {
    clearInterval(sampling);
    await Promise.allSettled([stack.stop(), resend.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Mails a second in each tenth, by when the far end took them. */
function ratesByTenth(takenAtMs: readonly number[]): number[] {
  const sorted = [...takenAtMs].sort((a, b) => a - b);
  const size = Math.floor(sorted.length / 10);
  return Array.from({ length: 10 }, (_, i) => {
    const first = sorted[i * size] ?? 0;
    const last = sorted[(i + 1) * size - 1] ?? 0;
    return (size * 1_000) / Math.max(1, last - first);
  });
}

function residentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Math.round(Number(kilobytes ?? 0) / 1_024);
}
