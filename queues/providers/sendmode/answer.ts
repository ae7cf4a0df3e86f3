/** Sendmode's refusals. No list of its errors is public: what the words and the status cannot tell is the recipient's. */
import type { Outcome } from "#domain/sending/provider";
import type { Part } from "../calls.ts";
import { type HttpAnswer, retryAfterMsOf } from "../http.ts";

const settled = (outcome: Outcome): Part => ({ kind: "settled", outcomes: [outcome] });

export const accepted = (providerMessageId: string): Part => settled({ kind: "accepted", providerMessageId });

/** A 2xx that says neither yes nor no may have been a yes. */
export const unreadable: Part = settled({ kind: "unknown", reason: "the answer says neither yes nor no" });

const defaultWaitMs = 5_000;

/** Anything but 2xx. */
export function byStatus(
  answer: Extract<HttpAnswer, { kind: "answered" }>,
  said: string,
  nowMs: number,
): Part {
  const reason = `${answer.status}: ${said || "no words were given"}`.slice(0, 300);
  if (answer.status === 429) {
    const retryAfterMs = retryAfterMsOf(answer.headers, nowMs) ?? defaultWaitMs;
    return { kind: "refused", refusal: { kind: "rate_limited", retryAfterMs, reason } };
  }
  if (answer.status >= 500) return settled({ kind: "unknown", reason });
  // A wrong key, an empty account, a wrong address: a person must act.
  if (answer.status === 400 || answer.status === 422) return byWords(said || reason);
  return { kind: "refused", refusal: { kind: "rejected", reason } };
}

const forPeople =
  /\b(?:credits?|balance|unauthori[sz]ed|not authori[sz]ed|api key|access key|password|login|username|sender ?id|account)\b/i;
const leftAlready = /\bopt(?:ed)?[ -]?out\b/i;

/** A refusal in words alone. */
export function byWords(said: string): Part {
  const reason = (said || "refused without words").slice(0, 300);
  if (leftAlready.test(reason)) return settled({ kind: "failed", reason, optedOut: true });
  if (forPeople.test(reason)) return { kind: "refused", refusal: { kind: "rejected", reason } };
  return settled({ kind: "failed", reason });
}
