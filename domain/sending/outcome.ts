/** From what a provider answered to what the ledger records. */
import type { MessageState } from "./ledger.ts";
import type { Outcome } from "./provider.ts";
import { backoffMs } from "./settings.ts";

export type Entry = {
  readonly state: Extract<MessageState, "accepted" | "failed" | "queued" | "unknown">;
  readonly reason: string;
  readonly providerMessageId: string | null;
  readonly notBeforeMs: number | null;
};

/** `tries` counts the attempt just made. */
export function entryFor(outcome: Outcome, tries: number, maxTries: number, nowMs: number): Entry {
  switch (outcome.kind) {
    case "accepted":
      return {
        state: "accepted",
        reason: "",
        providerMessageId: outcome.providerMessageId,
        notBeforeMs: null,
      };
    case "failed":
      return { state: "failed", reason: outcome.reason, providerMessageId: null, notBeforeMs: null };
    case "unknown":
      return { state: "unknown", reason: outcome.reason, providerMessageId: null, notBeforeMs: null };
    case "deferred":
      if (tries >= maxTries)
        return {
          state: "failed",
          reason: `gave up after ${tries} tries: ${outcome.reason}`,
          providerMessageId: null,
          notBeforeMs: null,
        };
      return {
        state: "queued",
        reason: outcome.reason,
        providerMessageId: null,
        notBeforeMs: nowMs + (outcome.retryAfterMs ?? backoffMs(tries)),
      };
  }
}
