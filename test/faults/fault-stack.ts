/** The product's stack with its queues led through ours, and every part started again when it dies. */
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { freePort } from "#db/local/port";
import { throughInternet } from "#test/support/internet";
import { defaultConfig } from "#worker/local/builds";
import { root } from "#worker/local/command";
import { type Stack, startStack } from "#worker/local/stack";
import type { Journal } from "./journal.ts";
import { type Plan, settingsFor } from "./plan.ts";
import { type Consumer, type Fate, type FaultQueue, startQueue } from "./queue/queue.ts";
import { between, stream } from "./random.ts";

export type FaultStack = { readonly stack: Stack; readonly queue: FaultQueue; stop(): Promise<void> };

const workerFile = "test/faults/queue/worker.ts";
const producers = { SEND_QUEUE: "SendQueue", INGEST_QUEUE: "IngestQueue" };

export async function startFaultStack(
  dataDir: string,
  plan: Plan,
  journal: Journal,
  amazonUrl: string,
): Promise<FaultStack> {
  const internet = throughInternet(amazonUrl);
  const { workerOptions } = unstable_getMiniflareWorkerOptions(defaultConfig);
  const door = await freePort();
  const queue = await startQueue({
    consumers: consumersOf(workerOptions.queueConsumers),
    fate: fateBy(plan, journal),
    deliverUrl: `http://127.0.0.1:${door}`,
  });
  try {
    const stack = await startStack({
      dataDir,
      port: 0,
      dashboard: false,
      supervise: true,
      cronIntervalMs: 2_000,
      vars: { SEND_SETTINGS: JSON.stringify(settingsFor(plan.recipients)) },
      workerOverrides: {
        ...internet.workerOverrides,
        queueProducers: Object.fromEntries(Object.keys(producers).map((name) => [name, null])),
        serviceBindings: Object.fromEntries(
          Object.entries(producers).map(([name, entrypoint]) => [name, { name: "fault-queue", entrypoint }]),
        ),
      },
      besides: [
        ...(internet.besides ?? []),
        {
          name: "fault-queue",
          compatibilityDate: String(workerOptions.compatibilityDate),
          compatibilityFlags: ["service_binding_extra_handlers"],
          modulesRoot: root,
          modules: [
            {
              type: "ESModule",
              path: join(root, workerFile),
              contents: stripTypeScriptTypes(readFileSync(join(root, workerFile), "utf8")),
            },
          ],
          bindings: { QUEUE_URL: queue.url },
          serviceBindings: { API: "larkpost" },
          unsafeDirectSockets: [{ host: "127.0.0.1", port: door }],
        },
      ],
    });
    return {
      stack,
      queue,
      async stop() {
        await queue.stop();
        await stack.stop();
      },
    };
  } catch (error) {
    await queue.stop();
    throw error;
  }
}

/** As wrangler.toml says, for the queues that are led through here and their dead letters. */
function consumersOf(configured: unknown): Record<string, Consumer> {
  const all = configured as Readonly<Record<string, Partial<Consumer>>>;
  const names = ["larkpost-send", "larkpost-ingest"].flatMap((name) => [name, `${name}-dead`]);
  return Object.fromEntries(
    names.map((name) => {
      const { maxBatchSize = 10, maxBatchTimeout = 5, maxRetries = 3, deadLetterQueue } = all[name] ?? {};
      return [name, { maxBatchSize, maxBatchTimeout, maxRetries, deadLetterQueue }];
    }),
  );
}

/** Chunks are lost, doubled, late and stale. Reports are doubled and late; their loss is the courier's business. */
function fateBy(plan: Plan, journal: Journal): Fate {
  const { leaseMs } = settingsFor(plan.recipients);
  const streams = { send: stream(plan.seed, "send queue"), ingest: stream(plan.seed, "ingest queue") };
  return (name) => {
    const isSend = name === "larkpost-send";
    const random = isSend ? streams.send : streams.ingest;
    const { dropped, doubled, delayed, stale } = plan.queue;
    const happens = (share: number, what: string) => {
      if (random() >= share) return false;
      journal.note(`${isSend ? "chunk" : "signal"} ${what}`);
      return true;
    };
    if (isSend && happens(dropped, "dropped")) return [];
    const delays = [happens(delayed, "delayed") ? between(random, 20, 1_500) : 0];
    if (isSend && happens(stale, "stale")) delays[0] = leaseMs + between(random, 0, 3_000);
    if (happens(doubled, "doubled")) delays.push(between(random, 0, 2_500));
    return delays;
  };
}
