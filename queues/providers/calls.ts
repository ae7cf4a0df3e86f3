/**
 * A batch as several calls, for providers without idempotency keys: what was certainly not taken is said to be so, a
 * call refused for one mail's sake is halved until that mail stands alone, and a refusal of everything ends the batch.
 */
import type { BatchResult, Outcome, Refusal } from "#domain/sending/provider";

export type Part =
  | { readonly kind: "settled"; readonly outcomes: readonly Outcome[] }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  /** One of these mails is wrong, and none was taken. */
  | { readonly kind: "poisoned"; readonly reason: string };

export type Calls<M> = {
  /** Places in the batch, one list per call; together they name every place once. */
  readonly groups: readonly (readonly number[])[];
  readonly ask: (mails: readonly M[]) => Promise<Part>;
  /** Calls under way at once. */
  readonly width: number;
  /** True when no further call can end in time. */
  readonly isLate: () => boolean;
};

const lateRetryMs = 1_000;

/** Outcomes stand in the order of `batch`. Never throws if `ask` does not. */
export async function inCalls<M>(batch: readonly M[], calls: Calls<M>): Promise<BatchResult> {
  const outcomes: (Outcome | undefined)[] = batch.map(() => undefined);
  const waiting: (readonly number[])[] = calls.groups.filter((group) => group.length > 0);
  let refusal: Refusal | undefined;

  /** False when there is nothing more to do. */
  async function next(): Promise<boolean> {
    if (refusal || calls.isLate()) return false;
    const places = waiting.shift();
    if (!places) return false;
    const mails = places.flatMap((place) => batch.slice(place, place + 1));
    const part = await calls.ask(mails);
    if (part.kind === "refused") {
      refusal ??= part.refusal;
      return false;
    }
    if (part.kind === "poisoned" && places.length > 1) {
      const middle = Math.ceil(places.length / 2);
      waiting.unshift(places.slice(0, middle), places.slice(middle));
      return true;
    }
    places.forEach((place, i) => {
      outcomes[place] =
        part.kind === "poisoned"
          ? { kind: "failed", reason: part.reason }
          : (part.outcomes[i] ?? { kind: "unknown", reason: "the provider's answer named no outcome" });
    });
    return true;
  }

  // The first call goes alone: what is refused to all is met once, and nothing else is on its way meanwhile.
  if (await next()) {
    const work = async () => {
      while (await next());
    };
    await Promise.all(Array.from({ length: calls.width }, work));
  }
  return conclude(outcomes, refusal);
}

function conclude(outcomes: readonly (Outcome | undefined)[], refusal: Refusal | undefined): BatchResult {
  const isAnyTaken = outcomes.some((o) => o?.kind === "accepted" || o?.kind === "unknown");
  if (refusal && !isAnyTaken) return { kind: "refused", refusal };
  const reason = refusal?.reason ?? "its turn did not come in time";
  if (!refusal && outcomes.length > 0 && outcomes.every((o) => o === undefined))
    return { kind: "refused", refusal: { kind: "rate_limited", retryAfterMs: lateRetryMs, reason } };
  const rest: Outcome = {
    kind: "deferred",
    reason,
    retryAfterMs: refusal ? waitOf(refusal) : lateRetryMs,
    untried: true,
  };
  return { kind: "settled", outcomes: outcomes.map((outcome) => outcome ?? rest) };
}

function waitOf(refusal: Refusal): number | undefined {
  if (refusal.kind === "rate_limited") return refusal.retryAfterMs;
  return refusal.kind === "quota_spent" ? refusal.resetsInMs : undefined;
}
