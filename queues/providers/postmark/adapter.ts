/** Postmark: batches of five hundred, an answer for each mail, reports behind Basic authentication. */
import type { EmailProvider, OutgoingEmail } from "#domain/sending/provider";
import type { Adapter } from "../adapter.ts";
import { inCalls, type Part } from "../calls.ts";
import type { Connection } from "../connection.ts";
import { callHttp, withoutSlash } from "../http.ts";
import { errorText, jsonOrUndefined } from "../wire.ts";
import { readAnswer } from "./answer.ts";
import { maxCallBytes, splitBySize, toPostmark } from "./message.ts";
import { isPostmarkReport, parsePostmarkReport, reportUser } from "./report.ts";

export const postmarkTraits = {
  maxBatch: 500,
  idempotent: false,
  evidence: "webhook",
  // Postmark publishes no limit; this is one full call in five seconds.
  defaultRatePerSecond: 100,
} as const;

const verifyTimeoutMs = 15_000;

export type PostmarkDeps = { readonly now: () => number };

export function openPostmark(deps: PostmarkDeps, connection: Connection): EmailProvider {
  const { settings, secrets, tenantId } = connection;
  const baseUrl = withoutSlash(settings.base_url || "https://api.postmarkapp.com");
  const stream = String(settings.message_stream || "broadcast");
  const headers = {
    accept: "application/json",
    "content-type": "application/json",
    // A header's value cannot be just any text; what is no token is refused by Postmark itself.
    "x-postmark-server-token": /^[\x21-\x7e]+$/.test(secrets.api_key ?? "")
      ? (secrets.api_key ?? "")
      : "none",
    "user-agent": "larkpost",
  };

  async function ask(mails: readonly OutgoingEmail[], deadlineMs: number): Promise<Part> {
    const body = JSON.stringify(mails.map((mail) => toPostmark(mail, { stream, tenantId })));
    const init = { method: "POST", headers, body };
    const answer = await callHttp(`${baseUrl}/email/batch`, init, deadlineMs - deps.now());
    return readAnswer(answer, mails.length, deps.now());
  }

  async function read(path: string): Promise<string | undefined> {
    const answer = await callHttp(`${baseUrl}${path}`, { headers }, verifyTimeoutMs);
    if (answer.kind === "lost") return answer.reason;
    if (answer.status === 200) return undefined;
    const { Message: words } = (jsonOrUndefined(answer.text) ?? {}) as { Message?: unknown };
    return errorText(typeof words === "string" ? words : `Postmark answered ${answer.status}`);
  }

  return {
    kind: "postmark",
    traits: postmarkTraits,
    async send(batch, options) {
      if (batch.length === 0) return { kind: "settled", outcomes: [] };
      const deadlineMs = deps.now() + options.timeoutMs;
      return inCalls(batch, {
        groups: splitBySize(batch, maxCallBytes),
        ask: (mails) => ask(mails, deadlineMs),
        // The whole batch holds one connection.
        width: 1,
        isLate: () => deps.now() >= deadlineMs,
      });
    },
    async verify() {
      const reason =
        (await read("/server")) ?? (await read(`/message-streams/${encodeURIComponent(stream)}`));
      return reason === undefined ? { ok: true } : { ok: false, reason };
    },
  };
}

export const postmarkAdapter: Adapter = {
  kind: "postmark",
  usesConnections: true,
  traits: () => postmarkTraits,
  open: openPostmark,
  verifyReport: ({ headers }, { secrets }) =>
    isPostmarkReport(headers.authorization ?? "", secrets.webhook_secret ?? ""),
  parseReport: ({ rawBody }) => parsePostmarkReport(rawBody),
  // Anything but 200 is posted again (docs: webhooks/webhooks-overview).
  reportAnswer: { status: 200, body: "", contentType: "text/plain" },
  /** The password stands for itself: it is known to whoever set it, and never shown. */
  webhookUrl: (url) => url.replace("://", `://${reportUser}:WEBHOOK-SECRET@`),
};
