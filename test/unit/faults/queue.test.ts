/** The queue of fault runs keeps what it took, delivers at least once, and does mischief only where it is told to. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type Consumer, type Fate, startQueue } from "../../faults/queue/queue.ts";

type Batch = { queue: string; messages: { id: string; body: unknown; attempts: number }[] };
const acked = { outcome: "ok", retryBatch: { retry: false }, retryMessages: [] };
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** `consume` answers as a Worker's queue handler does; undefined: it died with the batch. */
async function open(
  consume: (batch: Batch, nth: number) => object | undefined,
  options: { fate?: Fate; consumer?: Partial<Consumer> } = {},
) {
  const batches: Batch[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const part of request) text += part;
    const batch = JSON.parse(text) as Batch;
    batches.push(batch);
    const answer = consume(batch, batches.length);
    if (answer) response.end(JSON.stringify(answer));
    else response.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const consumer = { maxBatchSize: 3, maxBatchTimeout: 0, maxRetries: 2, ...options.consumer };
  const queue = await startQueue({
    consumers: { work: { ...consumer, deadLetterQueue: "dead" }, dead: consumer },
    fate: options.fate ?? (() => [0]),
    deliverUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  ends.push(queue.stop, async () => server.close());
  const send = (...bodies: unknown[]) =>
    fetch(`${queue.url}/work`, { method: "POST", body: JSON.stringify(bodies.map((body) => ({ body }))) });
  const bodies = (name = "work") =>
    batches.filter((b) => b.queue === name).flatMap((b) => b.messages.map(({ body }) => body));
  return { queue, batches, bodies, send };
}

test("what it took is delivered in batches of the consumer's size", async () => {
  const { batches, bodies, send, queue } = await open(() => acked);
  expect((await send(1, 2, 3, 4)).status).toBe(204);
  await expect.poll(() => bodies().length).toBe(4);
  expect(batches.every(({ messages }) => messages.length <= 3)).toBe(true);
  await expect.poll(() => queue.left("work")).toBe(0);
});

test("a consumer that dies with a batch gets it again", async () => {
  const { bodies, batches, send } = await open((_batch, nth) => (nth === 1 ? undefined : acked));
  await send("a");
  await expect.poll(() => bodies()).toEqual(["a", "a"]);
  expect(batches.map((b) => b.messages[0]?.attempts)).toEqual([1, 2]);
  expect(batches[0]?.messages[0]?.id).toBe(batches[1]?.messages[0]?.id);
});

test("only the message that asks for it is delivered again, and after its last try it is buried", async () => {
  const { bodies, send } = await open(({ queue, messages }) => {
    const bad = queue === "work" ? messages.filter(({ body }) => body === "bad") : [];
    return { ...acked, retryMessages: bad.map(({ id }) => ({ msgId: id, delaySeconds: 0 })) };
  });
  await send("good", "bad");
  await expect.poll(() => bodies("dead")).toEqual(["bad"]);
  expect(bodies().filter((body) => body === "good")).toHaveLength(1);
  expect(bodies().filter((body) => body === "bad")).toHaveLength(3);
});

test("a message is dropped, doubled or late as its fate says", async () => {
  const fates: Record<string, number[]> = { lost: [], twice: [0, 30], late: [200], plain: [0] };
  const { bodies, send, queue } = await open(() => acked, {
    fate: (_queue, body) => fates[String(body)] ?? [0],
  });
  await send("lost", "twice", "late", "plain");
  await expect.poll(() => queue.left("work")).toBe(0);
  expect(bodies()).toEqual(["twice", "plain", "twice", "late"]);
});
