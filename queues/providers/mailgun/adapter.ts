/** Mailgun: a thousand recipients of one template in a call, single calls side by side for all else, signed reports. */
import type { EmailProvider, OutgoingEmail } from "#domain/sending/provider";
import type { Adapter, ProviderDeps } from "../adapter.ts";
import { inCalls, type Part } from "../calls.ts";
import type { Connection } from "../connection.ts";
import { callHttp, withoutSlash } from "../http.ts";
import { maxProviderConnections, turnsOf } from "../turns.ts";
import { jsonOrUndefined } from "../wire.ts";
import { readAnswer, wordsOf } from "./answer.ts";
import { mergedForm, singleForm } from "./form.ts";
import { isOneAddress, maxRecipients, planCalls } from "./plan.ts";
import { isMailgunReport, parseMailgunReport } from "./report.ts";

export const mailgunTraits = {
  maxBatch: maxRecipients,
  idempotent: false,
  evidence: "webhook",
  // Mailgun publishes no limit; an account says by 429 what it may.
  defaultRatePerSecond: 100,
} as const;

const verifyTimeoutMs = 15_000;

export type MailgunDeps = Pick<ProviderDeps, "now"> & Partial<ProviderDeps>;

export function openMailgun(deps: MailgunDeps, connection: Connection): EmailProvider {
  const { settings, secrets, tenantId } = connection;
  const baseUrl = withoutSlash(settings.base_url || "https://api.mailgun.net");
  const domain = encodeURIComponent(String(settings.domain ?? ""));
  const messagesUrl = `${baseUrl}/v3/${domain}/messages`;
  const headers = { authorization: basicAuth(secrets.api_key ?? ""), "user-agent": "larkpost" };
  const inTurn = turnsOf(deps);

  async function ask(mails: readonly OutgoingEmail[], deadlineMs: number, leastMs: number): Promise<Part> {
    const [only] = mails;
    // What Mailgun would read as a list of recipients.
    if (only && mails.length === 1 && !isOneAddress(only.to.email))
      return { kind: "poisoned", reason: "the address is not one address" };
    const body = mails.length === 1 && only ? singleForm(only, tenantId) : mergedForm(mails, tenantId);
    return inTurn(async () => {
      const leftMs = deadlineMs - deps.now();
      // Begun with a moment left, a call would end in doubt; not begun, it is certainly untaken.
      if (leftMs <= leastMs) return noTurn;
      const answer = await callHttp(messagesUrl, { method: "POST", headers, body }, leftMs);
      return readAnswer(answer, mails.length, deps.now());
    });
  }

  return {
    kind: "mailgun",
    traits: mailgunTraits,
    async send(batch, options) {
      if (batch.length === 0) return { kind: "settled", outcomes: [] };
      const deadlineMs = deps.now() + options.timeoutMs;
      const leastMs = Math.min(500, options.timeoutMs / 2);
      return inCalls(batch, {
        groups: planCalls(batch),
        ask: (mails) => ask(mails, deadlineMs, leastMs),
        width: maxProviderConnections,
        isLate: () => deadlineMs - deps.now() <= leastMs,
      });
    },
    async verify() {
      const url = `${baseUrl}/v4/domains/${domain}`;
      const read = await inTurn(() => callHttp(url, { headers }, verifyTimeoutMs));
      if (read.kind === "lost") return { ok: false, reason: read.reason };
      if (read.status === 200) return stateOf(read.text);
      if (read.status !== 401 && read.status !== 403) return { ok: false, reason: wordsOf(read) };
      // A key that may only send cannot read the domain. A mail without a sender is refused, but to no stranger.
      const body = new FormData();
      body.set("to", "nobody@example.com");
      const probe = await inTurn(() =>
        callHttp(messagesUrl, { method: "POST", headers, body }, verifyTimeoutMs),
      );
      if (probe.kind === "lost") return { ok: false, reason: probe.reason };
      return probe.status === 400 ? { ok: true } : { ok: false, reason: wordsOf(probe) };
    },
  };
}

const noTurn: Part = {
  kind: "refused",
  refusal: { kind: "rate_limited", retryAfterMs: 1_000, reason: "no connection was free in time" },
};

function stateOf(text: string): { ok: true } | { ok: false; reason: string } {
  const { domain } = (jsonOrUndefined(text) ?? {}) as {
    domain?: { name?: unknown; state?: unknown; is_disabled?: unknown };
  };
  const state = domain?.is_disabled === true ? "disabled" : domain?.state;
  return state === "disabled" || state === "unverified"
    ? { ok: false, reason: `Mailgun says the domain is ${state}` }
    : { ok: true };
}

function basicAuth(key: string): string {
  return `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(`api:${key}`)))}`;
}

export const mailgunAdapter: Adapter = {
  kind: "mailgun",
  usesConnections: "several",
  traits: () => mailgunTraits,
  open: openMailgun,
  verifyReport: ({ rawBody }, { secrets }, { now }) =>
    isMailgunReport(rawBody, secrets.webhook_secret ?? "", now()),
  parseReport: ({ rawBody }) => parseMailgunReport(rawBody),
  // Mailgun posts again until 200; 406 would make it give up (docs: webhooks/webhook-retries).
  reportAnswer: { status: 200, body: "", contentType: "text/plain" },
};
