/** Runs beside the product: takes what its producers send to the queue outside, and hands its consumers what comes back. */
import { WorkerEntrypoint } from "cloudflare:workers";

type DoorEnv = { readonly QUEUE_URL: string; readonly API: Consumer };
/** A service binding with its extra handlers, which the types leave out. */
type Consumer = { queue(name: string, messages: readonly unknown[]): Promise<unknown> };
type Sent = { readonly body: unknown; readonly delaySeconds?: number | undefined };

async function put(env: DoorEnv, queue: string, messages: readonly Sent[]): Promise<void> {
  const response = await fetch(`${env.QUEUE_URL}/${queue}`, {
    method: "POST",
    body: JSON.stringify(messages),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the queue answered ${response.status}`);
}

export class SendQueue extends WorkerEntrypoint<DoorEnv> {
  send(body: unknown, options?: { delaySeconds?: number }) {
    return put(this.env, "larkpost-send", [{ body, delaySeconds: options?.delaySeconds }]);
  }
  sendBatch(messages: Iterable<Sent>) {
    return put(this.env, "larkpost-send", [...messages]);
  }
}

export class IngestQueue extends WorkerEntrypoint<DoorEnv> {
  send(body: unknown, options?: { delaySeconds?: number }) {
    return put(this.env, "larkpost-ingest", [{ body, delaySeconds: options?.delaySeconds }]);
  }
  sendBatch(messages: Iterable<Sent>) {
    return put(this.env, "larkpost-ingest", [...messages]);
  }
}

async function deliver(request: Request, env: DoorEnv): Promise<Response> {
  const { queue, messages } = (await request.json()) as { queue: string; messages: { timestamp: number }[] };
  const dated = messages.map((message) => ({ ...message, timestamp: new Date(message.timestamp) }));
  return Response.json(await env.API.queue(queue, dated));
}

export default { fetch: deliver };
