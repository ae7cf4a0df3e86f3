/** Sendmode: three generations of one gateway, of which a connection names its own (docs/providers.md says what is evidenced). */
import type { OutgoingSms, SmsProvider } from "#domain/sending/provider";
import type { Adapter, ProviderDeps } from "../adapter.ts";
import { inCalls, type Part } from "../calls.ts";
import type { Connection } from "../connection.ts";
import { isSameSecret } from "../constant-time.ts";
import { callHttp } from "../http.ts";
import { maxProviderConnections, turnsOf } from "../turns.ts";
import { generationOf } from "./generations.ts";
import { parseSendmodeReport } from "./report.ts";

export const sendmodeTraits = {
  // Announced together, so that a crash leaves at most these in doubt.
  maxBatch: 10,
  idempotent: false,
  evidence: "webhook",
  // No limit is published.
  defaultRatePerSecond: 10,
} as const;

const verifyTimeoutMs = 15_000;

export type SendmodeDeps = { readonly now: () => number };

export function openSendmode(deps: SendmodeDeps, connection: Connection): SmsProvider {
  const generation = generationOf(connection);
  const inTurn = turnsOf(deps as Partial<ProviderDeps>);

  async function ask([text]: readonly OutgoingSms[], deadlineMs: number): Promise<Part> {
    if (!text) return { kind: "settled", outcomes: [] };
    return inTurn(async () => {
      const leftMs = deadlineMs - deps.now();
      if (leftMs <= 0) return notBegun;
      const { url, init } = generation.sending(text);
      const answer = await callHttp(url, init, leftMs);
      if (answer.kind === "lost")
        return { kind: "settled", outcomes: [{ kind: "unknown", reason: answer.reason }] };
      return generation.read(answer, text, deps.now());
    });
  }

  return {
    kind: "sendmode",
    traits: sendmodeTraits,
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
      const { url, init } = generation.proving();
      const answer = await inTurn(() => callHttp(url, init, verifyTimeoutMs));
      const wrong = answer.kind === "lost" ? answer.reason : generation.disproof(answer);
      return wrong === undefined ? { ok: true } : { ok: false, reason: wrong };
    },
  };
}

const notBegun: Part = {
  kind: "refused",
  refusal: { kind: "rate_limited", retryAfterMs: 1_000, reason: "no connection was free in time" },
};

export const sendmodeAdapter: Adapter = {
  kind: "sendmode",
  usesConnections: "several",
  traits: () => sendmodeTraits,
  open: openSendmode,
  // Nothing is signed: whoever knows the address is believed.
  async verifyReport(request, { secrets }) {
    const wanted = secrets.webhook_secret ?? "";
    if (wanted === "" || !URL.canParse(request.url)) return false;
    return isSameSecret(new URL(request.url).searchParams.get("token") ?? "", wanted);
  },
  parseReport: parseSendmodeReport,
  // Without this word the report is told again (docs: httpdocs/httpdeliveryreports).
  reportAnswer: { status: 200, body: "True", contentType: "text/plain" },
  /** The secret stays sealed: what stands for it is replaced by whoever set it. */
  webhookUrl: (url, { secrets }) =>
    `${url}?token=${encodeURIComponent(secrets.webhook_secret || "WEBHOOK-SECRET")}`,
};
