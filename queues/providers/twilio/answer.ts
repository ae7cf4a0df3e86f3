/** What Twilio's answers mean (docs: api/errors). */
import { z } from "zod";
import type { Outcome } from "#domain/sending/provider";
import type { Part } from "../calls.ts";
import { type HttpAnswer, retryAfterMsOf } from "../http.ts";
import { jsonOrUndefined } from "../wire.ts";

type Answered = Extract<HttpAnswer, { kind: "answered" }>;

const message = z.object({
  sid: z.string().min(1).max(120),
  status: z.string().catch(""),
  error_code: z.coerce.number().nullable().catch(null),
  error_message: z.string().nullable().catch(null),
});
const problem = z.object({ code: z.coerce.number().catch(0), message: z.string().catch("") });

/** STOP was answered by Twilio itself, and it lets nothing through to this person from this sender. */
export const optedOutCode = 21610;

/** Credentials, account or sender: nothing can be sent until a person acts. */
const forPeople: ReadonlySet<number> = new Set([
  20003, // authentication
  20005, // account not active
  20404, // no such account
  21212, // invalid From
  21603, // no From
  21606, // From cannot send text messages
  21607, // From is not ours
  21609, // StatusCallback is no address Twilio can reach
  21659, // From is none of the account's numbers
  21660, // From belongs to another account
  21701, // no such messaging service
  21703, // the messaging service has no sender
  30002, // account suspended
]);
/** Twilio's own queues are full: later there is room again. */
const passing: ReadonlySet<number> = new Set([20429, 21611, 30001]);

/** The account's messages of the day are spent; they come back with the next one (docs: api/errors/63038). */
const dailyLimitCode = 63038;
/** It does not say when: a day at most, so it is asked again each hour. */
const dailyLimitWaitMs = 3_600_000;

const defaultWaitMs = 2_000;
const queueWaitMs = 60_000;

export function readAnswer(answer: HttpAnswer, nowMs: number): Part {
  if (answer.kind === "lost") return settled({ kind: "unknown", reason: answer.reason });
  if (answer.status >= 200 && answer.status < 300) return settled(taken(answer));
  const { code, reason } = problemOf(answer);
  if (code === dailyLimitCode) {
    const resetsInMs = retryAfterMsOf(answer.headers, nowMs) ?? dailyLimitWaitMs;
    return { kind: "refused", refusal: { kind: "quota_spent", resetsInMs, reason } };
  }
  if (answer.status === 429 || passing.has(code)) {
    const retryAfterMs =
      retryAfterMsOf(answer.headers, nowMs) ??
      (code === 21611 || code === 30001 ? queueWaitMs : defaultWaitMs);
    return { kind: "refused", refusal: { kind: "rate_limited", retryAfterMs, reason } };
  }
  // Nobody promises that nothing was taken before it failed, and asking twice would send twice.
  if (answer.status >= 500) return settled({ kind: "unknown", reason });
  if (answer.status === 400 && !forPeople.has(code)) return settled(refused(code, reason));
  return { kind: "refused", refusal: { kind: "rejected", reason } };
}

export function problemOf(answer: Answered): { readonly code: number; readonly reason: string } {
  const { code, message: words } = problem.safeParse(jsonOrUndefined(answer.text)).data ?? {
    code: 0,
    message: "",
  };
  return { code, reason: `${code || answer.status}: ${words || "no words were given"}`.slice(0, 300) };
}

const settled = (outcome: Outcome): Part => ({ kind: "settled", outcomes: [outcome] });

function taken(answer: Answered): Outcome {
  const read = message.safeParse(jsonOrUndefined(answer.text));
  if (!read.success) return { kind: "unknown", reason: "the answer names no message" };
  const { sid, status, error_code: code, error_message: words } = read.data;
  // Taken and given up within the same answer, as for senders that Twilio checks only then.
  if (status === "failed" || status === "undelivered" || status === "canceled")
    return refused(code ?? 0, `${code ?? status}: ${words ?? status}`.slice(0, 300));
  return { kind: "accepted", providerMessageId: sid };
}

function refused(code: number, reason: string): Outcome {
  return { kind: "failed", reason, ...(code === optedOutCode ? { optedOut: true } : {}) };
}
