/** What Postmark's answers mean (docs: api/overview, response codes and error codes). */
import { z } from "zod";
import type { Outcome } from "#domain/sending/provider";
import type { Part } from "../calls.ts";
import { type HttpAnswer, retryAfterMsOf } from "../http.ts";
import { jsonOrUndefined } from "../wire.ts";

const problem = z.object({ ErrorCode: z.number(), Message: z.string().catch("") });
const items = z.array(problem.extend({ MessageID: z.string().optional().catch(undefined) }));
type Item = z.output<typeof items>[number];

/** Token, sender, account or stream: nothing can be sent until a person acts. */
const forPeople: ReadonlySet<number> = new Set([10, 400, 401, 405, 412, 413, 1221, 1235, 1236]);
/** Maintenance, too many requests: nothing was taken, later it will be. */
const passing: ReadonlySet<number> = new Set([100, 429]);

/** Postmark names no wait of its own. */
const defaultWaitMs = 5_000;

export function readAnswer(answer: HttpAnswer, count: number, nowMs: number): Part {
  if (answer.kind === "lost") return unknown(count, answer.reason);
  const body = jsonOrUndefined(answer.text);
  if (answer.status === 200) return readItems(body, count);
  const { ErrorCode: code, Message: words } = problem.safeParse(body).data ?? { ErrorCode: 0, Message: "" };
  const reason = `${answer.status} ${code}: ${words || "no words were given"}`.slice(0, 300);
  if (answer.status === 429 || code === 429) {
    const retryAfterMs = retryAfterMsOf(answer.headers, nowMs) ?? defaultWaitMs;
    return { kind: "refused", refusal: { kind: "rate_limited", retryAfterMs, reason } };
  }
  // During planned outages Postmark says so itself, with its own body; a gateway's 503 proves nothing.
  if (code === 100) return { kind: "refused", refusal: { kind: "unavailable", reason } };
  // 500: "in most cases the message is lost", that is, not in all.
  if (answer.status >= 500 || answer.status < 300) return unknown(count, reason);
  if (answer.status === 413 || (answer.status === 422 && !forPeople.has(code)))
    return { kind: "poisoned", reason };
  return { kind: "refused", refusal: { kind: "rejected", reason } };
}

/** 200 says only that the call was read: each mail has a code of its own, in the order of the call. */
function readItems(body: unknown, count: number): Part {
  const parsed = items.safeParse(body);
  if (!parsed.success || parsed.data.length !== count)
    return unknown(count, "the answer does not fit the batch");
  const [first] = parsed.data;
  if (first && parsed.data.every((item) => forPeople.has(item.ErrorCode)))
    return { kind: "refused", refusal: { kind: "rejected", reason: wordsOf(first) } };
  return { kind: "settled", outcomes: parsed.data.map(outcomeOf) };
}

function outcomeOf(item: Item): Outcome {
  if (item.ErrorCode === 0)
    return item.MessageID
      ? { kind: "accepted", providerMessageId: item.MessageID }
      : { kind: "unknown", reason: "the answer names no id" };
  // An account stopped in the middle of a call: the mails after it are not at fault.
  if (passing.has(item.ErrorCode) || forPeople.has(item.ErrorCode))
    return { kind: "deferred", reason: wordsOf(item) };
  return { kind: "failed", reason: wordsOf(item) };
}

const wordsOf = (item: Item) => `${item.ErrorCode}: ${item.Message}`.slice(0, 300);

function unknown(count: number, reason: string): Part {
  return {
    kind: "settled",
    outcomes: Array.from({ length: count }, (): Outcome => ({ kind: "unknown", reason })),
  };
}
