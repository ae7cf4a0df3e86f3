/** What SES's answers mean for one mail (reference: API_SendEmail errors; docs: manage-sending-quotas-errors). */
import type { OutgoingEmail } from "#domain/sending/provider";
import type { Part } from "../calls.ts";
import type { HttpAnswer } from "../http.ts";
import { jsonOrUndefined } from "../wire.ts";

export type Verdict =
  | Part
  /** Faster than the account may: certainly not taken, and a second later it may be. */
  | { readonly kind: "throttled"; readonly reason: string };

/** The daily quota counts the last 24 hours, so some of it is back an hour later. */
const quotaWaitMs = 3_600_000;
const maxReason = 300;

/** The account, its identities or its credentials: a person must act. */
const forPeople: ReadonlySet<string> = new Set([
  "AccountSuspendedException",
  "SendingPausedException",
  "MailFromDomainNotVerifiedException",
  "NotFoundException",
  "AccessDeniedException",
  "UnrecognizedClientException",
  "InvalidClientTokenId",
  "InvalidSignatureException",
  "SignatureDoesNotMatch",
  "IncompleteSignatureException",
  "IncompleteSignature",
  "MissingAuthenticationTokenException",
  "ExpiredTokenException",
  "RequestExpired",
  "OptInRequired",
]);

export function readAnswer(answer: HttpAnswer, mail: OutgoingEmail): Verdict {
  if (answer.kind === "lost") return unknown(answer.reason);
  const body = (jsonOrUndefined(answer.text) ?? {}) as Readonly<Record<string, unknown>>;
  if (answer.status === 200) {
    const { MessageId: id } = body;
    if (typeof id !== "string" || id === "") return unknown("the answer names no message id");
    return { kind: "settled", outcomes: [{ kind: "accepted", providerMessageId: id.slice(0, 120) }] };
  }
  const { name, message } = errorOf(answer.headers, body);
  const reason = `${name || answer.status}: ${message || "no reason given"}`.slice(0, maxReason);
  return verdictOn(answer.status, name, message, reason, mail);
}

function verdictOn(
  status: number,
  name: string,
  message: string,
  reason: string,
  mail: OutgoingEmail,
): Verdict {
  // No answer of 5xx is documented as "not taken", and there is no key to ask again with.
  if (status >= 500 || status === 408) return unknown(reason);
  if (name === "LimitExceededException" || /daily (?:message|sending) quota/i.test(message))
    return { kind: "refused", refusal: { kind: "quota_spent", resetsInMs: quotaWaitMs, reason } };
  if (status === 429 || /^(?:TooManyRequests|Throttling|Throttled)/.test(name))
    return { kind: "throttled", reason };
  if (name === "MessageRejected" && isAboutSender(message, mail)) return rejected(reason);
  if (status === 401 || status === 403 || forPeople.has(name)) return rejected(reason);
  // MessageRejected, BadRequestException, ValidationException, 413: this mail or its recipient.
  if (status === 400 || status === 413 || name === "MessageRejected") return { kind: "poisoned", reason };
  return rejected(reason);
}

/**
 * "Email address is not verified. The following identities failed the check in region X: …" names senders, and in an
 * account's own sandbox recipients too.
 */
function isAboutSender(message: string, mail: OutgoingEmail): boolean {
  if (!/not verified/i.test(message)) return false;
  const named = message.slice(message.lastIndexOf(":") + 1).toLowerCase();
  const sender = mail.from.email.toLowerCase();
  const isNamed = (identity: string) => named.split(/[\s,<>]+/).includes(identity);
  return isNamed(sender) || isNamed(sender.slice(sender.lastIndexOf("@") + 1));
}

/** The name stands in a header, with an address behind it, or in the body, with a namespace before it. */
export function errorOf(
  headers: Headers,
  body: Readonly<Record<string, unknown>>,
): { readonly name: string; readonly message: string } {
  const header = headers.get("x-amzn-errortype")?.split(":")[0];
  const type = typeof body.__type === "string" ? body.__type.split("#").at(-1) : undefined;
  const message = body.message ?? body.Message;
  return { name: header || type || "", message: typeof message === "string" ? message : "" };
}

const unknown = (reason: string): Verdict => ({
  kind: "settled",
  outcomes: [{ kind: "unknown", reason }],
});
const rejected = (reason: string): Verdict => ({ kind: "refused", refusal: { kind: "rejected", reason } });
