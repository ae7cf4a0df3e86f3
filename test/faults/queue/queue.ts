/**
 * The queues of a fault run, kept outside of workerd: like Cloudflare's they hold what they have taken, whatever dies,
 * and deliver it at least once; unlike them they drop, double, delay and reorder by seed.
 */
import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";

export type Consumer = {
  readonly maxBatchSize: number;
  readonly maxBatchTimeout: number;
  readonly maxRetries: number;
  readonly deadLetterQueue?: string | undefined;
};

/** What becomes of a message: the delays of its deliveries, in milliseconds. None: it is lost. */
export type Fate = (queue: string, body: unknown) => readonly number[];

type Waiting = {
  readonly id: string;
  readonly timestamp: number;
  readonly body: unknown;
  readonly sizeBytes: number;
  attempts: number;
  dueMs: number;
};

/** Cloudflare runs more consumers as a queue grows; on two cores these are plenty. */
const deliveriesAtOnce = 6;
/** Limits of Cloudflare Queues: 100 messages, 256 KB a batch. */
const maxBatchBytes = 256_000;
const deliveryTimeoutMs = 120_000;
const againMs = 250;

const sent = z.array(z.object({ body: z.unknown(), delaySeconds: z.number().optional() }));
const verdict = z.object({
  outcome: z.string(),
  retryBatch: z.object({ retry: z.boolean(), delaySeconds: z.number().optional() }),
  retryMessages: z.array(z.object({ msgId: z.string(), delaySeconds: z.number().optional() })).optional(),
});
type Verdict = z.output<typeof verdict>;

export type FaultQueue = Awaited<ReturnType<typeof startQueue>>;

/** `deliverUrl`: where test/faults/queue/worker.ts listens. */
export async function startQueue(options: {
  readonly consumers: Readonly<Record<string, Consumer>>;
  readonly fate: Fate;
  readonly deliverUrl: string;
}) {
  const { consumers, fate, deliverUrl } = options;
  const waiting = new Map<string, Waiting[]>();
  const underWay = new Map<string, number>();
  let ended = false;

  function put(queue: string, body: unknown, dueMs: number): void {
    const message = { id: randomUUID().replaceAll("-", ""), timestamp: Date.now(), body, attempts: 0, dueMs };
    const list = waiting.get(queue) ?? [];
    list.push({ ...message, sizeBytes: JSON.stringify(body).length });
    waiting.set(queue, list);
  }

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const queue = (request.url ?? "").slice(1);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    for (const { body, delaySeconds = 0 } of sent.parse(JSON.parse(Buffer.concat(chunks).toString()))) {
      for (const delayMs of fate(queue, body)) put(queue, body, Date.now() + delaySeconds * 1_000 + delayMs);
    }
    response.writeHead(204).end();
  }

  /** The next batch, when it is full or its oldest message has waited long enough. */
  function nextBatch(queue: string, consumer: Consumer): Waiting[] {
    const nowMs = Date.now();
    const list = waiting.get(queue) ?? [];
    const due = list.filter((message) => message.dueMs <= nowMs).slice(0, consumer.maxBatchSize);
    const ripe =
      due.length >= consumer.maxBatchSize ||
      due.some((m) => m.dueMs + consumer.maxBatchTimeout * 1_000 <= nowMs);
    if (!ripe) return [];
    let bytes = 0;
    const batch: Waiting[] = [];
    for (const message of due) {
      bytes += message.sizeBytes;
      if (batch.length > 0 && bytes > maxBatchBytes) break;
      batch.push(message);
    }
    const taken = new Set(batch);
    waiting.set(
      queue,
      list.filter((message) => !taken.has(message)),
    );
    return batch;
  }

  async function deliver(queue: string, consumer: Consumer, batch: Waiting[]): Promise<void> {
    for (const message of batch) message.attempts++;
    const answer = await ask(queue, batch);
    const again = new Map(answer?.retryMessages?.map((m) => [m.msgId, m.delaySeconds ?? 0]) ?? []);
    const all = answer?.outcome !== "ok" || answer.retryBatch.retry;
    for (const message of batch) {
      const seconds = again.get(message.id) ?? (all ? (answer?.retryBatch.delaySeconds ?? 0) : undefined);
      if (seconds === undefined) continue;
      if (message.attempts > consumer.maxRetries) {
        if (consumer.deadLetterQueue) put(consumer.deadLetterQueue, message.body, Date.now());
        continue;
      }
      message.dueMs = Date.now() + Math.max(againMs, seconds * 1_000);
      waiting.set(queue, [...(waiting.get(queue) ?? []), message]);
    }
  }

  /** Undefined when the consumer died with the batch. */
  async function ask(queue: string, batch: readonly Waiting[]): Promise<Verdict | undefined> {
    const messages = batch.map(({ id, timestamp, body, attempts }) => ({ id, timestamp, body, attempts }));
    try {
      const response = await fetch(deliverUrl, {
        method: "POST",
        body: JSON.stringify({ queue, messages }),
        signal: AbortSignal.timeout(deliveryTimeoutMs),
      });
      return verdict.parse(await response.json());
    } catch {
      return undefined;
    }
  }

  async function work(queue: string, consumer: Consumer): Promise<void> {
    while (!ended) {
      const busy = underWay.get(queue) ?? 0;
      const batch = busy < deliveriesAtOnce ? nextBatch(queue, consumer) : [];
      if (batch.length === 0) {
        await delay(10);
        continue;
      }
      underWay.set(queue, busy + 1);
      void deliver(queue, consumer, batch).finally(() => underWay.set(queue, (underWay.get(queue) ?? 1) - 1));
    }
  }

  const server = createServer((request, response) => {
    take(request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  for (const [queue, consumer] of Object.entries(consumers)) void work(queue, consumer);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Messages that wait or are under way. */
    left: (queue: string) => (waiting.get(queue)?.length ?? 0) + (underWay.get(queue) ?? 0),
    async stop() {
      ended = true;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
