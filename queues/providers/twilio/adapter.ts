/** Twilio: one text message a call, no idempotency, reports signed with the account's own token (docs: messaging API). */
import type { OutgoingSms, SmsProvider } from "#domain/sending/provider";
import type { Adapter, ProviderDeps } from "../adapter.ts";
import { inCalls, type Part } from "../calls.ts";
import type { Connection, Settings } from "../connection.ts";
import { callHttp, withoutSlash } from "../http.ts";
import { maxProviderConnections, turnsOf } from "../turns.ts";
import { jsonOrUndefined } from "../wire.ts";
import { problemOf, readAnswer } from "./answer.ts";
import { parseTwilioReport } from "./report.ts";
import { isTwilioSignature } from "./signature.ts";

/** A long code sends one segment a second; Twilio queues the rest, and drops what waits for more than four hours. */
export function twilioTraits(settings: Settings) {
  const isLongCode = !settings.messaging_service_sid && /^\+1\d{10}$/.test(String(settings.from ?? ""));
  return {
    // Announced together, so that a crash leaves at most these in doubt.
    maxBatch: 10,
    idempotent: false,
    evidence: "webhook",
    defaultRatePerSecond: isLongCode ? 1 : 10,
  } as const;
}

const verifyTimeoutMs = 15_000;

export type TwilioDeps = { readonly now: () => number; readonly env: Pick<Env, "PUBLIC_ORIGIN"> };

export function openTwilio(deps: TwilioDeps, connection: Connection): SmsProvider {
  const { settings, secrets, id } = connection;
  const traits = twilioTraits(settings);
  const inTurn = turnsOf(deps as Partial<ProviderDeps>);
  const sid = String(settings.account_sid ?? "");
  const account = `${withoutSlash(settings.base_url || "https://api.twilio.com")}/2010-04-01/Accounts/${encodeURIComponent(sid)}`;
  const headers = {
    authorization: `Basic ${btoa(`${sid}:${latin(secrets.auth_token ?? "")}`)}`,
    accept: "application/json",
    "user-agent": "larkpost",
  };

  function form(text: OutgoingSms): URLSearchParams {
    const service = String(settings.messaging_service_sid ?? "");
    const from = text.from || String(settings.from ?? "");
    return new URLSearchParams({
      To: text.to,
      // A service chooses among its senders; one that is named beside it is chosen from among them.
      ...(service ? { MessagingServiceSid: service } : {}),
      ...(from ? { From: from } : {}),
      Body: text.text,
      // Twilio has no field for an id of ours: the address it reports to carries it.
      StatusCallback: `${deps.env.PUBLIC_ORIGIN}/hooks/twilio/${id}?mid=${text.messageId}`,
    });
  }

  async function ask([text]: readonly OutgoingSms[], deadlineMs: number): Promise<Part> {
    if (!text) return { kind: "settled", outcomes: [] };
    return inTurn(async () => {
      const leftMs = deadlineMs - deps.now();
      if (leftMs <= 0) return notBegun;
      const init = { method: "POST", headers, body: form(text) };
      return readAnswer(await callHttp(`${account}/Messages.json`, init, leftMs), deps.now());
    });
  }

  return {
    kind: "twilio",
    traits,
    async send(batch, options) {
      if (batch.length === 0) return { kind: "settled", outcomes: [] };
      const deadlineMs = deps.now() + options.timeoutMs;
      return inCalls(batch, {
        groups: batch.map((_text, place) => [place]),
        ask: (texts) => ask(texts, deadlineMs),
        width: maxProviderConnections,
        isLate: () => deps.now() >= deadlineMs,
      });
    },
    async verify() {
      const answer = await inTurn(() => callHttp(`${account}.json`, { headers }, verifyTimeoutMs));
      if (answer.kind === "lost") return { ok: false, reason: answer.reason };
      if (answer.status !== 200) return { ok: false, reason: problemOf(answer).reason };
      const { status } = (jsonOrUndefined(answer.text) ?? {}) as { status?: unknown };
      if (status !== "active") return { ok: false, reason: `the account is ${String(status).slice(0, 40)}` };
      return settings.from || settings.messaging_service_sid
        ? { ok: true }
        : { ok: false, reason: "neither a sender nor a messaging service is set" };
    },
  };
}

const notBegun: Part = {
  kind: "refused",
  refusal: { kind: "rate_limited", retryAfterMs: 1_000, reason: "no connection was free in time" },
};

/** Tokens are hexadecimal; btoa takes nothing beyond Latin-1, and what is no token is refused by Twilio itself. */
const latin = (text: string) => text.replace(/[^\x21-\x7e]/g, "?");

export const twilioAdapter: Adapter = {
  kind: "twilio",
  usesConnections: "several",
  traits: twilioTraits,
  open: openTwilio,
  verifyReport: (request, { secrets }) => isTwilioSignature(request, secrets.auth_token ?? ""),
  parseReport: parseTwilioReport,
  // Without a body Twilio says nothing to whoever wrote: our own answers go out as messages of their own.
  reportAnswer: { status: 204, body: "", contentType: "text/xml" },
};
