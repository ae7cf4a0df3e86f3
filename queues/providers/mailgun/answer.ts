/** What Mailgun's answers mean (docs: quickstart-guide/responses). */
import type { Outcome } from "#domain/sending/provider";
import type { Part } from "../calls.ts";
import { type HttpAnswer, retryAfterMsOf } from "../http.ts";
import { jsonOrUndefined } from "../wire.ts";

type Answered = Extract<HttpAnswer, { kind: "answered" }>;

/** A wait up to this long is a matter of pace, a longer one of quota. */
const longestPaceMs = 5 * 60_000;
const defaultWaitMs = 5_000;

/** 400s that concern the sender, the domain or the account, not one recipient. */
const forPeople =
  /\bfrom\b.{0,3} parameter|not allowed to send|test purposes|authorized recipients|activate/i;

export function readAnswer(answer: HttpAnswer, count: number, nowMs: number): Part {
  if (answer.kind === "lost") return unknown(count, answer.reason);
  const { status } = answer;
  const reason = wordsOf(answer);
  if (status === 200) {
    const id = idOf(answer.text);
    return id === undefined ? unknown(count, "the answer names no id") : accepted(id, count);
  }
  // "Retries are recommended", and would make a second mail where the first was taken after all.
  if (status >= 500 || status < 400) return unknown(count, reason);
  const waitMs = waitOf(answer, nowMs);
  if (waitMs !== undefined || status === 429 || status === 420)
    return slower(waitMs ?? defaultWaitMs, reason);
  if ([401, 402, 403, 404, 405].includes(status) || forPeople.test(reason))
    return { kind: "refused", refusal: { kind: "rejected", reason } };
  return { kind: "poisoned", reason };
}

/** One id for the whole call: the place after it tells the mails apart in our books. */
function accepted(id: string, count: number): Part {
  const outcomes = Array.from(
    { length: count },
    (_, i): Outcome => ({
      kind: "accepted",
      providerMessageId: count === 1 ? id.slice(0, 120) : `${id.slice(0, 112)}#${i}`,
    }),
  );
  return { kind: "settled", outcomes };
}

function idOf(text: string): string | undefined {
  const { id } = (jsonOrUndefined(text) ?? {}) as { id?: unknown };
  return typeof id === "string" && id !== "" ? id.replace(/^<|>$/g, "") : undefined;
}

/** `Retry-After`, or in words: "recipient limit exceeded, try again after Mon, 20 Dec 2021 20:33:21 UTC". */
function waitOf(answer: Answered, nowMs: number): number | undefined {
  const named = /try again after ([A-Za-z0-9,: ]{10,40})/.exec(answer.text)?.[1];
  const untilMs = named === undefined ? Number.NaN : Date.parse(named);
  if (Number.isFinite(untilMs)) return Math.max(1_000, untilMs - nowMs);
  return answer.status === 429 || answer.status === 420 ? retryAfterMsOf(answer.headers, nowMs) : undefined;
}

function slower(waitMs: number, reason: string): Part {
  return waitMs <= longestPaceMs
    ? { kind: "refused", refusal: { kind: "rate_limited", retryAfterMs: waitMs, reason } }
    : { kind: "refused", refusal: { kind: "quota_spent", resetsInMs: waitMs, reason } };
}

export function wordsOf({ status, text }: Answered): string {
  const { message } = (jsonOrUndefined(text) ?? {}) as { message?: unknown };
  // Without JSON it is a plain word, as in `401 Forbidden`, or a gateway's page.
  const words = typeof message === "string" ? message : /^[\w ]{1,80}$/.test(text.trim()) ? text.trim() : "";
  return `${status} ${words}`.trim().slice(0, 300);
}

function unknown(count: number, reason: string): Part {
  return {
    kind: "settled",
    outcomes: Array.from({ length: count }, (): Outcome => ({ kind: "unknown", reason })),
  };
}
