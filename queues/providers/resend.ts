/** Resend: batches of a hundred under an idempotency key, reports signed by Svix (reference: Resend API, 2026-08). */
import { Resend } from "resend";
import type {
  Attachment,
  BatchResult,
  EmailProvider,
  Outcome,
  OutgoingEmail,
  Refusal,
} from "#domain/sending/provider";
import type { Adapter } from "./adapter.ts";
import type { Connection } from "./connection.ts";
import { type ResendError, type ResendHeaders, verdictOn } from "./resend-errors.ts";
import { parseResendReport } from "./resend-report.ts";
import { verifyWebhook } from "./standard-webhooks.ts";
import { errorText, mailbox, wireHeaders } from "./wire.ts";

export const resendTraits = {
  maxBatch: 100,
  idempotent: true,
  evidence: "webhook",
  // Two requests a second is the lowest limit Resend documents, and a batch is one request.
  defaultRatePerSecond: 200,
} as const;

type Part =
  | { readonly kind: "settled"; readonly outcomes: readonly Outcome[] }
  | { readonly kind: "refused"; readonly refusal: Refusal }
  /** One of these mails is wrong; strict or permissive, Resend took none of them. */
  | { readonly kind: "poisoned"; readonly reason: string };

type Group = { readonly mails: readonly OutgoingEmail[]; readonly key: string };

/** The same key is asked for again this often while its first request is still running at Resend. */
const askAgainMs = 500;

export type ResendDeps = { readonly now: () => number };

export function openResend(deps: ResendDeps, connection: Connection): EmailProvider {
  // The constructor throws on what no header can hold; a key that is no key is refused by Resend itself.
  const key = connection.secrets.api_key?.trim() ?? "";
  const client = new Resend(/^[\x21-\x7e]+$/.test(key) ? key : "none", {
    baseUrl: String(connection.settings.base_url ?? "https://api.resend.com").replace(/\/+$/, ""),
    userAgent: "larkpost",
  });
  const toResend = (mail: OutgoingEmail) => ({
    from: mailbox(mail.from),
    to: [mailbox(mail.to)],
    ...(mail.replyTo ? { replyTo: mailbox(mail.replyTo) } : {}),
    subject: mail.subject,
    html: mail.html,
    text: mail.text,
    headers: wireHeaders(mail),
    ...(mail.attachments?.length ? { attachments: mail.attachments.map((file) => ({ ...file })) } : {}),
    tags: [
      { name: "mid", value: mail.messageId },
      { name: "tid", value: connection.tenantId },
    ],
  });

  async function ask(batch: readonly OutgoingEmail[], key: string, deadlineMs: number): Promise<Part> {
    let isUnderWay = false;
    for (;;) {
      const leftMs = deadlineMs - deps.now();
      if (leftMs <= 0) return settled(batch, { kind: "unknown", reason: "no time was left to ask" });
      const answer = await call(client, batch.map(toResend), key, leftMs);
      if (!answer.error) return readAnswer(batch, answer.data);
      const verdict = verdictOn(answer.error, answer.headers, deps.now());
      // A request under this key is being worked on: what is refused to its repetition says nothing of it.
      if (isUnderWay && verdict.kind === "refused")
        return settled(batch, { kind: "unknown", reason: verdict.refusal.reason });
      if (verdict.kind === "refused" || verdict.kind === "poisoned") return verdict;
      if (verdict.kind === "unknown") return settled(batch, verdict);
      if (deps.now() + askAgainMs >= deadlineMs)
        return settled(batch, { kind: "unknown", reason: verdict.reason });
      isUnderWay = true;
      await new Promise((resolve) => setTimeout(resolve, askAgainMs));
    }
  }

  /**
   * Halves a poisoned batch until the bad mail stands alone. Keys of halves derive from the batch's own, so asking
   * again after a crash takes the same path and finds the stored answers.
   */
  async function settle(batch: readonly OutgoingEmail[], key: string, deadlineMs: number): Promise<Part> {
    const whole = await ask(batch, key, deadlineMs);
    if (whole.kind !== "poisoned") return whole;
    if (batch.length === 1) return settled(batch, { kind: "failed", reason: whole.reason });
    const middle = Math.ceil(batch.length / 2);
    return settleEach(
      [
        { mails: batch.slice(0, middle), key: `${key}a` },
        { mails: batch.slice(middle), key: `${key}b` },
      ],
      deadlineMs,
    );
  }

  async function settleEach(groups: readonly Group[], deadlineMs: number): Promise<Part> {
    const outcomes: Outcome[] = [];
    for (const { mails, key } of groups) {
      const part = await settle(mails, key, deadlineMs);
      if (part.kind === "settled") outcomes.push(...part.outcomes);
      else if (
        part.kind === "refused" &&
        !outcomes.some((o) => o.kind === "accepted" || o.kind === "unknown")
      )
        return part;
      // Refused now says nothing of an earlier call under this key: never "deferred", which would mean a new key.
      else outcomes.push(...mails.map((): Outcome => ({ kind: "unknown", reason: reasonOf(part) })));
    }
    return { kind: "settled", outcomes };
  }

  /** Batches drop files without a word (docs: api-reference/emails/send-batch-emails): such mails go one by one. */
  async function settleWithFiles(batch: readonly OutgoingEmail[], key: string, deadlineMs: number) {
    const places = [...batch.keys()];
    const hasFiles = (place: number) => Boolean(batch[place]?.attachments?.length);
    const plain = places.filter((place) => !hasFiles(place));
    const order = [...plain, ...places.filter(hasFiles)];
    const groups = [
      ...(plain.length > 0 ? [{ mails: plain.flatMap((p) => batch.slice(p, p + 1)), key }] : []),
      ...places.filter(hasFiles).map((p) => ({ mails: batch.slice(p, p + 1), key: `${key}f${p}` })),
    ];
    const part = await settleEach(groups, deadlineMs);
    if (part.kind !== "settled") return part;
    const byPlace = new Map(order.map((place, i) => [place, part.outcomes[i]]));
    const lost: Outcome = { kind: "unknown", reason: "the answer named no outcome" };
    return { ...part, outcomes: places.map((place) => byPlace.get(place) ?? lost) };
  }

  return {
    kind: "resend",
    traits: resendTraits,
    async send(batch, options): Promise<BatchResult> {
      if (batch.length === 0) return { kind: "settled", outcomes: [] };
      const part = await settleWithFiles(batch, options.idempotencyKey, deps.now() + options.timeoutMs);
      return part.kind === "poisoned" ? settled(batch, { kind: "failed", reason: part.reason }) : part;
    },
    async verify() {
      const answer = await client.domains.list();
      // A key that may only send is refused here by name, which proves it as well as a list would.
      if (!answer.error || answer.error.name === "restricted_api_key") return { ok: true };
      return { ok: false, reason: answer.error.message.slice(0, 300) };
    },
  };
}

function settled(batch: readonly OutgoingEmail[], outcome: Outcome): Part & { kind: "settled" } {
  return { kind: "settled", outcomes: batch.map(() => outcome) };
}

function reasonOf(part: Exclude<Part, { kind: "settled" }>): string {
  return part.kind === "refused" ? part.refusal.reason : part.reason;
}

type Payload = (Parameters<Resend["batch"]["send"]>[0][number] & { readonly attachments?: Attachment[] })[];
type Answer = {
  readonly data: unknown;
  readonly error: ResendError | null;
  readonly headers: ResendHeaders;
};

async function call(client: Resend, payload: Payload, key: string, timeoutMs: number): Promise<Answer> {
  try {
    // The client hands its options to fetch, which knows the signal; its type does not say so.
    const patience = { signal: AbortSignal.timeout(timeoutMs) } as object;
    const [first] = payload;
    if (first?.attachments?.length) {
      const one = await client.emails.send(first, { idempotencyKey: key, ...patience });
      return { data: one.data && { data: [one.data] }, error: one.error, headers: one.headers ?? {} };
    }
    const answer = await client.batch.send(payload, {
      idempotencyKey: key,
      batchValidation: "permissive",
      ...patience,
    });
    return { data: answer.data, error: answer.error, headers: answer.headers ?? {} };
  } catch (error) {
    const lost = { name: "application_error", statusCode: null, message: errorText(error) };
    return { data: null, error: lost, headers: {} };
  }
}

/** Ids of the accepted in order, and in permissive mode the places of the refused. */
function readAnswer(batch: readonly OutgoingEmail[], data: unknown): Part {
  const { data: ids = [], errors = [] } = (data ?? {}) as {
    data?: readonly { id?: unknown }[];
    errors?: readonly { index?: unknown; message?: unknown }[];
  };
  const refused = new Map(errors.map((e) => [Number(e.index), String(e.message ?? "refused")]));
  if (ids.length + refused.size !== batch.length || !ids.every((entry) => typeof entry.id === "string")) {
    return settled(batch, { kind: "unknown", reason: "the answer does not fit the batch" });
  }
  let at = 0;
  const outcomes = batch.map((_mail, index): Outcome => {
    const reason = refused.get(index);
    if (reason !== undefined) return { kind: "failed", reason: reason.slice(0, 300) };
    return { kind: "accepted", providerMessageId: String(ids[at++]?.id) };
  });
  return { kind: "settled", outcomes };
}

export const resendAdapter: Adapter = {
  kind: "resend",
  usesConnections: true,
  traits: () => resendTraits,
  open: openResend,
  // Without a secret nothing can be told from a forgery.
  verifyReport: async ({ headers, rawBody }, { secrets }, { now }) =>
    Boolean(secrets.webhook_secret) &&
    verifyWebhook(
      secrets.webhook_secret ?? "",
      {
        id: headers["svix-id"] ?? "",
        timestamp: headers["svix-timestamp"] ?? "",
        signature: headers["svix-signature"] ?? "",
      },
      rawBody,
      now(),
    ),
  parseReport: ({ headers, rawBody }) => parseResendReport(headers, rawBody),
};
