/** The pace of one tenant's connection: a token bucket that every run and flow using the connection draws from. */
import { DurableObject } from "cloudflare:workers";
import { z } from "zod";
import { type Bucket, closeUntil, newBucket, take } from "#domain/sending/pacing";

export type Grant = { readonly granted: boolean; readonly waitMs: number };

const stored = z.object({
  ratePerSecond: z.number().positive(),
  capacity: z.number().positive(),
  tokens: z.number(),
  updatedAtMs: z.number(),
  closedUntilMs: z.number(),
});

/** Until somebody says what the connection may do, it does little: the slowest pace any provider grants. */
const unconfiguredRatePerSecond = 10;
/** A second's worth may leave at once, so that a batch of a usual size never waits for a full bucket. */
const burstSeconds = 1;

const key = "bucket";

export class ConnectionLimiter extends DurableObject<Env> {
  #bucket: Bucket | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.blockConcurrencyWhile(async () => {
      const found = stored.safeParse(await ctx.storage.get(key));
      this.#bucket = found.success ? found.data : undefined;
    });
  }

  /** All of `count` or nothing; `waitMs` says when asking again makes sense. */
  async take(count: number): Promise<Grant> {
    const nowMs = Date.now();
    const taken = take(this.#current(nowMs), count, nowMs);
    this.#keep(taken.bucket);
    return { granted: taken.granted, waitMs: taken.waitMs };
  }

  /** After a 429: nothing leaves before this time has passed. A shorter penalty never shortens a longer one. */
  async penalize(retryAfterMs: number): Promise<void> {
    const nowMs = Date.now();
    this.#keep(closeUntil(this.#current(nowMs), nowMs + Math.max(0, retryAfterMs)));
  }

  /** A changed rate takes over what is left in the bucket and any penalty; the same rate changes nothing. */
  async configure(ratePerSecond: number): Promise<void> {
    const nowMs = Date.now();
    const capacity = Math.max(1, Math.ceil(ratePerSecond * burstSeconds));
    if (!this.#bucket) return this.#keep(newBucket(ratePerSecond, capacity, nowMs));
    // Taking nothing refills what the old rate earned until now.
    const earned = take(this.#bucket, 0, nowMs).bucket;
    this.#keep({ ...earned, ratePerSecond, capacity, tokens: Math.min(earned.tokens, capacity) });
  }

  #current(nowMs: number): Bucket {
    return this.#bucket ?? newBucket(unconfiguredRatePerSecond, unconfiguredRatePerSecond, nowMs);
  }

  #keep(bucket: Bucket): void {
    this.#bucket = bucket;
    // Not awaited: the output gate holds the answer until it is written.
    void this.ctx.storage.put(key, bucket);
  }
}
