/** The product with a counter at every door that is paid for by use, and a page that does nothing, to compare with. */
import product, {
  CampaignCoordinator as Coordinator,
  ConnectionLimiter as Limiter,
  SandboxMailbox as Mailbox,
} from "#worker/index";
import { count, countedEnv, countFetches, countStorage, report } from "./counters.ts";

export class CampaignCoordinator extends Coordinator {
  constructor(ctx: DurableObjectState, env: Env) {
    super(countStorage(ctx), countedEnv(env));
  }
  override alarm() {
    count("object_requests");
    return super.alarm();
  }
}
export class ConnectionLimiter extends Limiter {
  constructor(ctx: DurableObjectState, env: Env) {
    super(countStorage(ctx), env);
  }
}
export class SandboxMailbox extends Mailbox {}

/** Paths that the local front hands to the Worker. */
const hello = "/t/bench-hello";
const counts = "/t/bench-counts";

export default {
  async fetch(
    request: Request<unknown, IncomingRequestCfProperties>,
    env: Env,
    ctx: ExecutionContext,
  ): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === hello) return new Response("hello");
    if (pathname === counts) return Response.json(report());
    // Where redirects are timed, nothing is counted: the counters cost more than they.
    if (isUnread(env)) return product.fetch(request, withSink(env), ctx);
    countFetches(env.DATABASE_URL);
    count("worker_requests");
    return product.fetch(request, countedEnv(env), ctx);
  },
  async queue(batch: MessageBatch<unknown>, env: Env): Promise<void> {
    if (isUnread(env) && batch.queue === "larkpost-ingest") return batch.ackAll();
    countFetches(env.DATABASE_URL);
    count("worker_requests");
    for (const message of batch.messages) {
      // Each message was read, and is deleted when it is done with (Cloudflare Queues, pricing).
      count("queue_operations", 2 * blocksOf(message.body));
    }
    await product.queue(batch, countedEnv(env));
  },
  async scheduled(event: ScheduledController, env: Env): Promise<void> {
    await product.scheduled(event, env);
  },
};

const isUnread = (env: Env) => (env as { BENCH_UNREAD?: string }).BENCH_UNREAD !== undefined;

let sunk: Env | undefined;
/**
 * A queue's far side is another machine in production; here it shares the processor with what is timed. So a message is
 * written out, as sending it would, and goes no further.
 */
function withSink(env: Env): Env {
  const send = async (body: unknown) => {
    if (JSON.stringify(body).length > 128_000) throw new Error("larger than a queue takes");
    return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } };
  };
  sunk ??= { ...env, INGEST_QUEUE: { ...env.INGEST_QUEUE, send } };
  return sunk;
}

/** Queues bill by blocks of 64 KB. */
function blocksOf(body: unknown): number {
  return Math.max(1, Math.ceil(JSON.stringify(body).length / 64_000));
}
