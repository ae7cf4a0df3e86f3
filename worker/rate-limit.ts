/** Limits per caller, counted by the platform where the request arrives. */
import type { Failure } from "#domain/failure";

// The period of the limits in wrangler.toml; the platform does not tell when the window ends.
const periodSeconds = 60;

/** The refusal, or undefined while `key` is within its limit. */
export async function rateLimited(limit: RateLimit, key: string): Promise<Failure | undefined> {
  const { success } = await limit.limit({ key });
  return success ? undefined : { kind: "rate_limited", retryAfterSeconds: periodSeconds };
}
