/** Click redirects a second, beside a page of the same Worker that does nothing. */
import { mkdtempSync, rmSync } from "node:fs";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCountedStack } from "./counted/stack.ts";
import { perThing, watchCpu } from "./cpu.ts";
import { type Measured, median } from "./report.ts";
import { sendToAll } from "./sent-run.ts";
import { visit } from "./visit.ts";

type Options = { readonly runs: number; readonly say: (line: string) => void };
const recipients = 2_000;
const requests = 10_000;
const atOnce = 32;

export async function benchTrack(options: Options): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), "larkpost-bench-"));
  // In production other isolates read what was noted than those that answer; `bench -- cost` reads it all.
  const stack = await startCountedStack(folder, { BENCH_UNREAD: "yes" });
  try {
    const { clicks } = await sendToAll(stack, recipients);
    const click = (i: number) => clicks[i % clicks.length] ?? "";
    const hello = () => `${stack.origin}/t/bench-hello`;
    const rates: { hello: number; click: number; ratio: number }[] = [];
    // The first pair warms both up and is not counted.
    for (let run = 0; run <= options.runs; run++) {
      const one = await timed(stack.pids(), hello, 200);
      const other = await timed(stack.pids(), click, 302);
      options.say(`hello ${Math.round(one.rate)}/s (µs: ${one.cpu})`);
      options.say(`click ${Math.round(other.rate)}/s (µs: ${other.cpu})`);
      if (run > 0) rates.push({ hello: one.rate, click: other.rate, ratio: other.rate / one.rate });
    }
    return {
      name: "track",
      value: median(rates.map((r) => r.click)),
      unit: "click redirects/s",
      ceiling: median(rates.map((r) => r.hello)),
      ratio: median(rates.map((r) => r.ratio)),
      runs: options.runs,
    };
  } finally {
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Pids = Readonly<Record<string, number | undefined>>;

async function timed(pids: Pids, url: (i: number) => string, status: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const watch = watchCpu({ workerd: pids.workerd, caller: process.pid });
  const startedMs = performance.now();
  let next = 0;
  const lane = async () => {
    while (next < requests) {
      const got = await visit(url(next++), agent);
      if (got !== status) throw new Error(`${got} instead of ${status}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  const seconds = (performance.now() - startedMs) / 1_000;
  agent.destroy();
  return { rate: requests / seconds, cpu: perThing(watch.stop(), requests) };
}
