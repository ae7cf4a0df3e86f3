/**
 * SendGrid's v3 API, played over HTTP: keys and their scopes, verified senders, limits of number and size, rate-limit
 * headers, errors with the field at fault, substitutions, signed events. It keeps its own log of what it took.
 */
import { randomBytes } from "node:crypto";
import { type Fault, farEndServer, type Reply, type Request, withFault } from "./far-end-faults.ts";
import {
  faultsOf,
  type Personalization,
  type SendgridCall,
  type SendgridError,
  substituted,
  wrong,
} from "./sendgrid-rules.ts";
import { eventDesk } from "./sendgrid-webhooks.ts";

export type SendgridFake = Awaited<ReturnType<typeof startSendgrid>>;
export type SendgridOptions = {
  readonly now?: () => number;
  /** Domains the account has authenticated. */
  readonly domains?: readonly string[];
  readonly requestsPerSecond?: number;
};

/** One recipient of one call. Its content is put together when somebody looks at it. */
export class TakenMail {
  readonly #call: SendgridCall;
  readonly #one: Personalization;
  readonly callId: string;
  readonly atMs: number;
  constructor(call: SendgridCall, one: Personalization, callId: string, atMs: number) {
    this.#call = call;
    this.#one = one;
    this.callId = callId;
    this.atMs = atMs;
  }
  get to(): string {
    return this.#one.to[0]?.email ?? "";
  }
  get from(): string {
    return this.#call.from.email;
  }
  get customArgs(): Readonly<Record<string, string>> {
    return { ...this.#call.custom_args, ...this.#one.custom_args };
  }
  get headers(): Readonly<Record<string, string>> {
    return { ...this.#call.headers, ...this.#one.headers };
  }
  /** Our own id. */
  get messageId(): string | undefined {
    return this.#one.custom_args?.lark_mid ?? this.#call.custom_args?.lark_mid;
  }
  get subject(): string {
    return this.#filled(this.#one.subject ?? this.#call.subject ?? "");
  }
  get html(): string {
    return this.#part("text/html");
  }
  get text(): string {
    return this.#part("text/plain");
  }
  get attachments() {
    return this.#call.attachments ?? [];
  }
  #part(type: string): string {
    return this.#filled(this.#call.content.find((part) => part.type === type)?.value ?? "");
  }
  #filled(part: string): string {
    return substituted(part, this.#one.substitutions);
  }
}

const maxBodyBytes = 30_000_000;
const allScopes = ["mail.send", "mail.batch.create", "user.webhooks.event.settings.read"];

export async function startSendgrid(options: SendgridOptions = {}) {
  const now = options.now ?? (() => Date.now());
  const keys = new Map<string, readonly string[]>([
    ["SG.test.full", allScopes],
    ["SG.test.reader", ["stats.read"]],
  ]);
  const account = {
    domains: options.domains ?? ["shop.example"],
    /** Addresses it calls invalid. */
    refused: new Set<string>(),
    creditsLeft: Number.POSITIVE_INFINITY,
    /** Names at most this many faults of a call. */
    errorsNamed: Number.POSITIVE_INFINITY,
    /** Says that something is wrong and not what. */
    isTaciturn: false,
  };
  const limits = { requestsPerSecond: options.requestsPerSecond ?? 10_000 };
  const taken: TakenMail[] = [];
  const faults: Fault[] = [];
  const hooks = eventDesk(now);
  const window = { startedMs: Number.NEGATIVE_INFINITY, used: 0 };

  /** Takes one request out of this second; the headers say what is left. */
  function rate(): { readonly isTooFast: boolean; readonly headers: Record<string, string> } {
    if (now() - window.startedMs >= 1_000) Object.assign(window, { startedMs: now(), used: 0 });
    window.used++;
    return {
      isTooFast: window.used > limits.requestsPerSecond,
      headers: {
        "x-ratelimit-limit": String(limits.requestsPerSecond),
        "x-ratelimit-remaining": String(Math.max(0, limits.requestsPerSecond - window.used)),
        "x-ratelimit-reset": String(Math.ceil((window.startedMs + 1_000) / 1_000)),
      },
    };
  }

  function send(body: Buffer): Reply {
    if (body.length > maxBodyBytes) return refused(413, wrong("The request payload is too large."));
    const call = jsonOf(body) as SendgridCall | undefined;
    if (typeof call !== "object" || call === null) return refused(400, wrong("Bad Request"));
    const errors = faultsOf(call, account.refused);
    if (errors.length > 0)
      return account.isTaciturn
        ? refused(400, wrong("Bad Request"))
        : refused(400, ...errors.slice(0, account.errorsNamed));
    if (!account.domains.includes(call.from.email.slice(call.from.email.lastIndexOf("@") + 1)))
      return refused(
        403,
        wrong(
          "The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved. Visit https://sendgrid.com/docs/for-developers/sending-email/sender-identity/ to see the Sender Identity requirements",
          "from",
        ),
      );
    if (call.personalizations.length > account.creditsLeft)
      return refused(401, wrong("Maximum credits exceeded"));
    if (call.mail_settings?.sandbox_mode?.enable) return { status: 200, body: undefined };
    account.creditsLeft -= call.personalizations.length;
    const callId = randomBytes(16).toString("base64url");
    for (const one of call.personalizations) taken.push(new TakenMail(call, one, callId, now()));
    return { status: 202, body: undefined, headers: { "x-message-id": callId } };
  }

  const server = await farEndServer(async ({ method, path, headers, body }: Request, response) => {
    const bearer = String(headers.authorization ?? "").replace(/^Bearer /, "");
    const scopes = keys.get(bearer);
    if (!scopes)
      return refused(401, wrong("The provided authorization grant is invalid, expired, or revoked"));
    const { isTooFast, headers: limitHeaders } = rate();
    const slowDown = { errors: [{ field: null, message: "too many requests" }] };
    const limited = (reply: Reply): Reply => ({ ...reply, headers: { ...limitHeaders, ...reply.headers } });
    if (isTooFast) return limited({ status: 429, body: slowDown });
    if (method === "GET" && path === "/v3/scopes") return limited({ status: 200, body: { scopes } });
    if (path.startsWith("/v3/user/webhooks/event/settings")) return limited(settings(method, path, body));
    if (path !== "/v3/mail/send") return refused(404, wrong("not found"));
    if (method !== "POST") return refused(405, wrong("method not allowed"));
    if (!scopes.includes("mail.send")) return limited(refused(403, wrong("access forbidden")));
    const fault = faults.shift();
    if (fault?.kind === "rate_limited") {
      const resetMs = now() + (fault.retryAfterSeconds ?? 1) * 1_000;
      const reset = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(Math.ceil(resetMs / 1_000)) };
      return { status: 429, body: slowDown, headers: { ...limitHeaders, ...reset } };
    }
    const broken = { errors: [wrong("Internal server error")] };
    const reply = await withFault(fault, response, async () => send(body), { slowDown, broken });
    return reply && limited(reply);
  });

  function settings(method: string, path: string, body: Buffer): Reply {
    const given = jsonOf(body) as { url?: string } | undefined;
    if (method === "POST" && given?.url) {
      const { id, url } = hooks.register(given.url);
      return { status: 201, body: { id, url, enabled: true } };
    }
    const signed = /\/signed\/(\w+)$/.exec(path)?.[1];
    const endpoint = hooks.endpoints.find(({ id }) => id === signed);
    if (!endpoint) return refused(404, wrong("not found"));
    return { status: 200, body: { id: endpoint.id, public_key: endpoint.publicKey } };
  }

  return {
    ...server,
    keys,
    account,
    limits,
    taken,
    faults,
    hooks,
    /** An empty log, for a run that counts from nothing. */
    forget() {
      taken.length = 0;
      server.requests.length = 0;
      hooks.forget();
    },
  };
}

const refused = (status: number, ...errors: readonly SendgridError[]): Reply => ({
  status,
  body: { errors },
});

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}
