/** SendGrid: up to a thousand recipients of one template per call, reports signed by ECDSA (reference: v3 API, 2026-01). */
import type { BatchResult, EmailProvider, Outcome, OutgoingEmail } from "#domain/sending/provider";
import type { Adapter } from "../adapter.ts";
import { inCalls, type Part } from "../calls.ts";
import type { Connection } from "../connection.ts";
import { callHttp, withoutSlash } from "../http.ts";
import { maxProviderConnections, turnsOf } from "../turns.ts";
import { errorText, jsonOrUndefined } from "../wire.ts";
import { readAnswer, type Verdict } from "./answer.ts";
import { bodyFor, callsFor, maxBodyBytes, maxPersonalizations } from "./payload.ts";
import { parseSendgridReport } from "./report.ts";
import { isSendgridReport } from "./signature.ts";

export const sendgridTraits = {
  maxBatch: maxPersonalizations,
  idempotent: false,
  evidence: "webhook",
  // Mails of one template go out by the thousand; those that have to go alone make a call each.
  defaultRatePerSecond: 500,
} as const;

/** Begun with less time left, a call would end in doubt. */
const leastMs = 500;
const verifyTimeoutMs = 15_000;

export type SendgridDeps = { readonly now: () => number };

export function openSendgrid(deps: SendgridDeps, connection: Connection): EmailProvider {
  const { settings, secrets, tenantId } = connection;
  const baseUrl = withoutSlash(settings.base_url || "https://api.sendgrid.com");
  // A header's value cannot be just any text; what is no key is refused by SendGrid itself.
  const key = /^[\x21-\x7e]+$/.test(secrets.api_key ?? "") ? secrets.api_key : "none";
  const headers = {
    authorization: `Bearer ${key}`,
    "content-type": "application/json",
    "user-agent": "larkpost",
  };
  const inTurn = turnsOf(deps);

  async function post(mails: readonly OutgoingEmail[], deadlineMs: number): Promise<Verdict> {
    const body = bodyFor(mails, tenantId);
    // What SendGrid would answer with 413 need not travel first.
    if (body.length > maxBodyBytes) return { kind: "poisoned", reason: "the mail is larger than 30 MB" };
    return inTurn(async () => {
      const leftMs = deadlineMs - deps.now();
      if (leftMs < leastMs) return notBegun;
      const init = { method: "POST", headers, body };
      return readAnswer(await callHttp(`${baseUrl}/v3/mail/send`, init, leftMs), mails, deps.now());
    });
  }

  /** Those whom SendGrid names as wrong fail, and the others, certainly not taken, go again without them. */
  async function ask(mails: readonly OutgoingEmail[], deadlineMs: number): Promise<Part> {
    const failed = new Map<OutgoingEmail, Outcome>();
    for (;;) {
      const left = mails.filter((mail) => !failed.has(mail));
      const verdict: Verdict =
        left.length > 0 ? await post(left, deadlineMs) : { kind: "settled", outcomes: [] };
      if (verdict.kind === "poisoned" && verdict.at) {
        left.forEach((mail, i) => {
          const reason = verdict.at?.get(i);
          if (reason !== undefined) failed.set(mail, { kind: "failed", reason });
        });
        continue;
      }
      if (verdict.kind !== "settled") return verdict;
      let at = 0;
      const nothingSaid: Outcome = { kind: "unknown", reason: "the answer named no outcome" };
      return {
        kind: "settled",
        outcomes: mails.map((mail) => failed.get(mail) ?? verdict.outcomes[at++] ?? nothingSaid),
      };
    }
  }

  return {
    kind: "sendgrid",
    traits: sendgridTraits,
    async send(batch, options): Promise<BatchResult> {
      if (batch.length === 0) return { kind: "settled", outcomes: [] };
      const deadlineMs = deps.now() + options.timeoutMs;
      return inCalls(batch, {
        groups: callsFor(batch),
        ask: (mails) => ask(mails, deadlineMs),
        width: maxProviderConnections,
        isLate: () => deadlineMs - deps.now() < leastMs,
      });
    },
    async verify() {
      const call = () => callHttp(`${baseUrl}/v3/scopes`, { headers }, verifyTimeoutMs);
      const answer = await inTurn(call);
      if (answer.kind === "lost") return { ok: false, reason: answer.reason };
      const { scopes, errors } = (jsonOrUndefined(answer.text) ?? {}) as {
        scopes?: unknown;
        errors?: readonly { message?: unknown }[];
      };
      if (answer.status !== 200)
        return {
          ok: false,
          reason: errorText(errors?.[0]?.message ?? `SendGrid answered ${answer.status}`),
        };
      if (Array.isArray(scopes) && scopes.includes("mail.send")) return { ok: true };
      return { ok: false, reason: "The API key may not send mail: it lacks the permission mail.send." };
    },
  };
}

const notBegun: Part = {
  kind: "refused",
  refusal: { kind: "rate_limited", retryAfterMs: 1_000, reason: "no connection was free in time" },
};

export const sendgridAdapter: Adapter = {
  kind: "sendgrid",
  usesConnections: "several",
  traits: () => sendgridTraits,
  open: openSendgrid,
  verifyReport: ({ headers, rawBody }, { secrets }, { now }) =>
    isSendgridReport(
      secrets.webhook_secret ?? "",
      {
        signature: headers["x-twilio-email-event-webhook-signature"],
        timestamp: headers["x-twilio-email-event-webhook-timestamp"],
        rawBody,
      },
      now(),
    ),
  parseReport: ({ rawBody }) => parseSendgridReport(rawBody),
};
