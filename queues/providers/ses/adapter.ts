/** Amazon SES v2: a signed call for each mail, reports through Amazon SNS (reference: SES API v2, SDK 3.1169). */
import { AwsV4Signer } from "aws4fetch";
import type { BatchResult, EmailProvider, OutgoingEmail } from "#domain/sending/provider";
import type { Adapter } from "../adapter.ts";
import { inCalls, type Part } from "../calls.ts";
import type { Connection } from "../connection.ts";
import { callHttp, type HttpAnswer, withoutSlash } from "../http.ts";
import { maxProviderConnections, turnsOf } from "../turns.ts";
import { jsonOrUndefined } from "../wire.ts";
import { errorOf, readAnswer, type Verdict } from "./answer.ts";
import { toSes } from "./message.ts";
import { parseSesReport } from "./report.ts";
import { confirmSubscription, isSnsReport } from "./sns.ts";

export const sesTraits = {
  // Calls of one mail each, several at a time: the batch is what is announced and recorded together.
  maxBatch: 50,
  idempotent: false,
  evidence: "webhook",
  // What accounts get when they leave the sandbox of SES.
  defaultRatePerSecond: 14,
} as const;

/** Begun with less time left, a call would end in doubt. */
const leastMs = 500;
const verifyTimeoutMs = 15_000;
/** The account's rate is counted by the second. */
const throttleWaitMs = 1_000;

export type SesDeps = { readonly now: () => number };

export function openSes(deps: SesDeps, connection: Connection): EmailProvider {
  const { settings, secrets, tenantId } = connection;
  const region = String(settings.region ?? "");
  const own = `https://email.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
  const baseUrl = withoutSlash(settings.base_url || own);
  const frame = { tenantId, configurationSet: String(settings.configuration_set ?? "") };
  // It stands in a header, which cannot be just any text; what is no key is refused by SES itself.
  const accessKeyId = /^\w+$/.test(secrets.access_key_id ?? "") ? (secrets.access_key_id ?? "") : "none";
  const inTurn = turnsOf(deps);
  // The key that signs is derived once a day.
  const cache = new Map<string, ArrayBuffer>();

  async function signed(method: "GET" | "POST", path: string, body: string | undefined) {
    const signer = new AwsV4Signer({
      method,
      url: baseUrl + path,
      headers: { "content-type": "application/json", "user-agent": "larkpost" },
      ...(body === undefined ? {} : { body }),
      accessKeyId,
      secretAccessKey: secrets.secret_access_key ?? "",
      service: "ses",
      region,
      cache,
      datetime: new Date(deps.now()).toISOString().replace(/[:-]|\.\d{3}/g, ""),
    });
    const { url, headers } = await signer.sign();
    return { url: String(url), init: { method, headers, ...(body === undefined ? {} : { body }) } };
  }

  async function post(mail: OutgoingEmail, deadlineMs: number): Promise<Verdict> {
    const { url, init } = await signed(
      "POST",
      "/v2/email/outbound-emails",
      JSON.stringify(toSes(mail, frame)),
    );
    return inTurn(async () => {
      const leftMs = deadlineMs - deps.now();
      if (leftMs < leastMs) return notBegun;
      return readAnswer(await callHttp(url, init, leftMs), mail);
    });
  }

  /** Keeps to the account's rate by waiting, as long as there is time: what is throttled is certainly not taken. */
  function asking(deadlineMs: number) {
    let isAnyTaken = false;
    return async ([mail]: readonly OutgoingEmail[]): Promise<Part> => {
      if (!mail) return { kind: "settled", outcomes: [] };
      for (;;) {
        const verdict = await post(mail, deadlineMs);
        if (verdict.kind !== "throttled") {
          if (verdict.kind === "settled") isAnyTaken = true;
          return verdict;
        }
        // Refused at the very first, the whole connection is too fast, and others should know.
        if (!isAnyTaken || deadlineMs - deps.now() < throttleWaitMs + leastMs)
          return {
            kind: "refused",
            refusal: { kind: "rate_limited", retryAfterMs: throttleWaitMs, reason: verdict.reason },
          };
        await new Promise((resolve) => setTimeout(resolve, throttleWaitMs));
      }
    };
  }

  return {
    kind: "ses",
    traits: sesTraits,
    async send(batch, options): Promise<BatchResult> {
      if (batch.length === 0) return { kind: "settled", outcomes: [] };
      const deadlineMs = deps.now() + options.timeoutMs;
      return inCalls(batch, {
        groups: batch.map((_mail, place) => [place]),
        ask: asking(deadlineMs),
        width: maxProviderConnections,
        isLate: () => deadlineMs - deps.now() < leastMs,
      });
    },
    async verify() {
      const { url, init } = await signed("GET", "/v2/email/account", undefined);
      const reason = whyNot(await inTurn(() => callHttp(url, init, verifyTimeoutMs)));
      return reason === undefined ? { ok: true } : { ok: false, reason };
    },
  };
}

const notBegun: Part = {
  kind: "refused",
  refusal: { kind: "rate_limited", retryAfterMs: 1_000, reason: "no connection was free in time" },
};

/** Undefined: the account may send. */
function whyNot(answer: HttpAnswer): string | undefined {
  if (answer.kind === "lost") return answer.reason;
  const body = (jsonOrUndefined(answer.text) ?? {}) as Readonly<Record<string, unknown>>;
  if (answer.status === 200) {
    if (body.SendingEnabled === false) return "Sending is paused for this account or region.";
    return body.EnforcementStatus === "SHUTDOWN" ? "Amazon has shut this account down." : undefined;
  }
  const { name, message } = errorOf(answer.headers, body);
  // A key that may only send is refused here by name, which proves it as well as an answer would.
  if (name === "AccessDeniedException" && message.includes("ses:GetAccount")) return undefined;
  return `${name || `SES answered ${answer.status}`}${message ? `: ${message}` : ""}`.slice(0, 300);
}

export const sesAdapter: Adapter = {
  kind: "ses",
  usesConnections: "several",
  traits: () => sesTraits,
  open: openSes,
  verifyReport: ({ rawBody }, { settings }, deps) =>
    isSnsReport(rawBody, String(settings.topic_arn ?? ""), deps),
  handshake: ({ rawBody }, _connection, deps) => confirmSubscription(rawBody, deps),
  parseReport: ({ rawBody }) => parseSesReport(rawBody),
};
