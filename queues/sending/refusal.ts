/** How long a whole connection is left alone after it refused. */
import type { Refusal } from "#domain/sending/provider";

const whenUnavailableMs = 5_000;

export function refusalDelayMs(refusal: Refusal): number {
  switch (refusal.kind) {
    case "rate_limited":
      return refusal.retryAfterMs;
    case "quota_spent":
      return refusal.resetsInMs;
    case "unavailable":
      return whenUnavailableMs;
    case "rejected":
      return 0;
  }
}
