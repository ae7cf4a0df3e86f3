/** Token bucket, as a pure value: never gives more than capacity at once nor more than the rate over time. */
export type Bucket = {
  readonly ratePerSecond: number;
  readonly capacity: number;
  readonly tokens: number;
  readonly updatedAtMs: number;
  /** Nothing is given before this moment: set after a 429 or a spent quota. */
  readonly closedUntilMs: number;
};

export function newBucket(ratePerSecond: number, capacity: number, nowMs: number): Bucket {
  return { ratePerSecond, capacity, tokens: capacity, updatedAtMs: nowMs, closedUntilMs: 0 };
}

function refill(bucket: Bucket, nowMs: number): Bucket {
  const elapsedMs = Math.max(0, nowMs - bucket.updatedAtMs);
  const tokens = Math.min(bucket.capacity, bucket.tokens + (elapsedMs * bucket.ratePerSecond) / 1_000);
  return { ...bucket, tokens, updatedAtMs: Math.max(nowMs, bucket.updatedAtMs) };
}

export type Take = { readonly bucket: Bucket; readonly granted: boolean; readonly waitMs: number };

/**
 * All of `count` or nothing. More than the capacity is granted once the bucket is full and leaves it in debt,
 * so that a request larger than the bucket is slow rather than impossible.
 */
export function take(bucket: Bucket, count: number, nowMs: number): Take {
  const full = refill(bucket, nowMs);
  if (nowMs < full.closedUntilMs) return { bucket: full, granted: false, waitMs: full.closedUntilMs - nowMs };
  const needed = Math.min(count, full.capacity);
  // A hair of tolerance: what rounding lost must not cost another wait.
  if (full.tokens + 1e-6 >= needed) {
    return { bucket: { ...full, tokens: full.tokens - count }, granted: true, waitMs: 0 };
  }
  const waitMs = Math.ceil(((needed - full.tokens) * 1_000) / full.ratePerSecond);
  return { bucket: full, granted: false, waitMs: Math.max(1, waitMs) };
}

/**
 * For what may not wait behind others: on credit with what the next moments earn, up to a full bucket of debt, which
 * those pay who can wait. Over any time no more leaves than the rate earns and two buckets.
 */
export function takeAhead(bucket: Bucket, count: number, nowMs: number): Take {
  const full = refill(bucket, nowMs);
  if (nowMs < full.closedUntilMs) return { bucket: full, granted: false, waitMs: full.closedUntilMs - nowMs };
  const left = full.tokens - count;
  if (left + 1e-6 >= -full.capacity) return { bucket: { ...full, tokens: left }, granted: true, waitMs: 0 };
  const waitMs = Math.ceil(((-full.capacity - left) * 1_000) / full.ratePerSecond);
  return { bucket: full, granted: false, waitMs: Math.max(1, waitMs) };
}

export function giveBack(bucket: Bucket, count: number): Bucket {
  return { ...bucket, tokens: Math.min(bucket.capacity, bucket.tokens + count) };
}

export function closeUntil(bucket: Bucket, untilMs: number): Bucket {
  return { ...bucket, closedUntilMs: Math.max(bucket.closedUntilMs, untilMs) };
}
