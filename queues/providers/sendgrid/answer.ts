/** What SendGrid's answers mean for the mails of one call (reference: mail/send responses, rate limits). */
import { z } from "zod";
import type { OutgoingEmail } from "#domain/sending/provider";
import type { Part } from "../calls.ts";
import { type HttpAnswer, retryAfterMsOf } from "../http.ts";
import { jsonOrUndefined } from "../wire.ts";

/** `at`: which of the mails are wrong, by their place in the call; without it, any of them may be. */
export type Verdict =
  | Exclude<Part, { kind: "poisoned" }>
  | { readonly kind: "poisoned"; readonly reason: string; readonly at?: ReadonlyMap<number, string> };

/** `field` may be null or the word "null", and all of it may be absent. */
const refusals = z.object({
  errors: z.array(
    z.object({ message: z.string().catch("refused"), field: z.string().nullish().catch(null) }),
  ),
});
type Refused = z.output<typeof refusals>["errors"][number];

const dayMs = 86_400_000;
const maxReason = 300;

export function readAnswer(answer: HttpAnswer, mails: readonly OutgoingEmail[], nowMs: number): Verdict {
  if (answer.kind === "lost") return allUnknown(mails, answer.reason);
  const { status, headers, text } = answer;
  // 202 takes every personalization; 200 is the answer of sandbox mode, which delivers nothing but takes the call.
  if (status === 202 || status === 200) return accepted(mails, headers.get("x-message-id"));
  const errors = refusals.safeParse(jsonOrUndefined(text)).data?.errors ?? [];
  const reason = `${status}: ${errors.map((error) => error.message).join("; ") || "no reason given"}`.slice(
    0,
    maxReason,
  );
  if (status === 429)
    return {
      kind: "refused",
      refusal: { kind: "rate_limited", retryAfterMs: waitMs(headers, nowMs), reason },
    };
  // Spent credits are answered as if the key were wrong (sendgrid/sendgrid-nodejs issue 1032). They come back by the
  // day or by the month: asked again at the next UTC midnight.
  if (status === 401 && /credits exceeded/i.test(reason))
    return {
      kind: "refused",
      refusal: { kind: "quota_spent", resetsInMs: dayMs - (nowMs % dayMs), reason },
    };
  if (status === 400 || status === 413) return poisoned(errors, mails.length, reason);
  // Refused before anything was looked at; redirects too, for the credentials are not carried elsewhere.
  if (status >= 300 && status < 500 && status !== 408)
    return { kind: "refused", refusal: { kind: "rejected", reason } };
  // No status of 5xx is documented as "not taken", and there is no key to ask again with.
  return allUnknown(mails, reason);
}

function accepted(mails: readonly OutgoingEmail[], id: string | null): Verdict {
  // One id for the whole call: with ours behind it, it names one mail. Events carry both (report.ts).
  const prefix = id ? `${id.slice(0, 80)}.` : "";
  return {
    kind: "settled",
    outcomes: mails.map((mail) => ({ kind: "accepted", providerMessageId: prefix + mail.messageId })),
  };
}

function allUnknown(mails: readonly OutgoingEmail[], reason: string): Verdict {
  return { kind: "settled", outcomes: mails.map(() => ({ kind: "unknown", reason })) };
}

/** A 400 takes nothing of the call. `personalizations.N.…` names whose fault it is; another field is in every mail. */
function poisoned(errors: readonly Refused[], count: number, reason: string): Verdict {
  const at = new Map<number, string>();
  let isForAll = false;
  for (const { field, message } of errors) {
    const place = /^personalizations\.(\d+)(?:\.|$)/.exec(field ?? "")?.[1];
    if (place !== undefined && Number(place) < count) at.set(Number(place), message.slice(0, maxReason));
    else if (field && field !== "null" && !field.startsWith("personalizations")) isForAll = true;
  }
  if (isForAll)
    return { kind: "poisoned", reason, at: new Map(Array.from({ length: count }, (_, i) => [i, reason])) };
  return at.size > 0 ? { kind: "poisoned", reason, at } : { kind: "poisoned", reason };
}

/** `X-RateLimit-Reset` is a moment in Unix seconds; a second where nothing is said. */
function waitMs(headers: Headers, nowMs: number): number {
  const reset = Number(headers.get("x-ratelimit-reset") || Number.NaN);
  if (Number.isFinite(reset)) return Math.max(100, reset * 1_000 - nowMs);
  return retryAfterMsOf(headers, nowMs) ?? 1_000;
}
