/** Resend's error names (docs: api-reference/errors) and what each means for a batch. */
import type { Refusal } from "#domain/sending/provider";

export type ResendError = {
  readonly name: string;
  readonly statusCode: number | null;
  readonly message: string;
};
export type ResendHeaders = Readonly<Record<string, string>>;

export type Verdict =
  | { readonly kind: "refused"; readonly refusal: Refusal }
  | { readonly kind: "unknown"; readonly reason: string }
  /** The payload is wrong and nothing was taken. */
  | { readonly kind: "poisoned"; readonly reason: string }
  /** The same request is still being worked on under this key. */
  | { readonly kind: "running"; readonly reason: string };

const dayMs = 86_400_000;

/** Errors that a person has to see to: the key, the sender's domain, the account. */
const forPeople: ReadonlySet<string> = new Set([
  "missing_api_key",
  "restricted_api_key",
  "invalid_api_key",
  "invalid_from_address",
  "invalid_access",
  "invalid_region",
  "security_error",
  "invalid_idempotency_key",
  "not_found",
  "method_not_allowed",
]);

export function verdictOn(error: ResendError, headers: ResendHeaders, nowMs: number): Verdict {
  const status = error.statusCode ?? 0;
  const reason = `${error.name}: ${error.message}`.slice(0, 300);
  if (error.name === "daily_quota_exceeded" || error.name === "monthly_quota_exceeded") {
    // Asked again at the next UTC midnight: then a daily quota is back, and a monthly one may be.
    return { kind: "refused", refusal: { kind: "quota_spent", resetsInMs: dayMs - (nowMs % dayMs), reason } };
  }
  if (status === 429) {
    return {
      kind: "refused",
      refusal: { kind: "rate_limited", retryAfterMs: retryAfterMs(headers, nowMs), reason },
    };
  }
  if (error.name === "concurrent_idempotent_requests") return { kind: "running", reason };
  if (
    status === 401 ||
    status === 403 ||
    status === 404 ||
    status === 405 ||
    status === 451 ||
    forPeople.has(error.name)
  )
    return { kind: "refused", refusal: { kind: "rejected", reason } };
  if (status === 400 || status === 413 || status === 422) return { kind: "poisoned", reason };
  // 5xx and lost answers: Resend may have taken the batch before it failed. The 409 that is left says that other words
  // were taken under this key before: their fate is told by their events alone.
  return { kind: "unknown", reason };
}

/** `retry-after`, else `ratelimit-reset`, both in seconds; a second where neither speaks. */
export function retryAfterMs(headers: ResendHeaders, nowMs: number): number {
  for (const name of ["retry-after", "ratelimit-reset"]) {
    const value = headers[name];
    if (!value) continue;
    const seconds = Number(value);
    if (Number.isFinite(seconds)) return Math.max(100, seconds * 1_000);
    const dateMs = Date.parse(value);
    if (Number.isFinite(dateMs)) return Math.max(100, dateMs - nowMs);
  }
  return 1_000;
}
