/**
 * Twilio, played over HTTP: Basic authentication, form fields, its error codes, numbers that opted out, status callbacks
 * and replies under its own signature. It keeps its own log of what it took.
 */
import { randomBytes } from "node:crypto";
import { type Fault, farEndServer, type Reply, type Request, withFault } from "./far-end-faults.ts";
import { isProblem, problem, readForm, type TwilioText } from "./twilio-rules.ts";
import { twilioHooks } from "./twilio-webhooks.ts";

export type TakenText = TwilioText & {
  readonly sid: string;
  /** Our own id, from the address it is to report to. */
  readonly messageId: string | undefined;
  readonly atMs: number;
};
export type TwilioFake = Awaited<ReturnType<typeof startTwilio>>;
export type TwilioOptions = {
  readonly now?: () => number;
  readonly numbers?: readonly string[];
  readonly requestsPerSecond?: number;
};

export const twilioAccount = {
  sid: "AC00000000000000000000000000000001",
  token: "test_auth_token",
  service: "MG00000000000000000000000000000001",
};

export async function startTwilio(options: TwilioOptions = {}) {
  const now = options.now ?? (() => Date.now());
  const tokens = new Set([twilioAccount.token]);
  const account = {
    numbers: options.numbers ?? ["+15005550006", "+353861000000"],
    services: [twilioAccount.service],
    /** Who wrote STOP: nothing reaches them until they write START. */
    optedOut: new Set<string>(),
    landlines: new Set<string>(),
    status: "active",
    /** Twilio asks for an address it can reach; tests live on this machine. */
    reachesLocalhost: true,
  };
  const limits = { requestsPerSecond: options.requestsPerSecond ?? 10_000 };
  const taken: TakenText[] = [];
  const faults: Fault[] = [];
  const window = { startedMs: Number.NEGATIVE_INFINITY, used: 0 };
  const hooks = twilioHooks(now, account, [...tokens][0] ?? "");

  function isTooFast(): boolean {
    if (now() - window.startedMs >= 1_000) Object.assign(window, { startedMs: now(), used: 0 });
    return ++window.used > limits.requestsPerSecond;
  }

  async function carryOut(body: Buffer): Promise<Reply> {
    const text = readForm(new URLSearchParams(body.toString("utf8")), account);
    if (isProblem(text)) return { status: text.status, body: text };
    const messageId = text.statusCallback
      ? (new URL(text.statusCallback).searchParams.get("mid") ?? undefined)
      : undefined;
    const kept = { ...text, sid: `SM${randomBytes(16).toString("hex")}`, messageId, atMs: now() };
    taken.push(kept);
    return { status: 201, body: resource(kept) };
  }

  const server = await farEndServer(async ({ method, path, headers, body }: Request, response) => {
    const [sid, token] = credentialsIn(headers.authorization);
    if (sid !== twilioAccount.sid || !tokens.has(token ?? ""))
      return { status: 401, body: problem(401, 20003, "Authenticate") };
    if (isTooFast()) return { status: 429, body: problem(429, 20429, "Too Many Requests") };
    const base = `/2010-04-01/Accounts/${twilioAccount.sid}`;
    if (method === "GET" && path === `${base}.json`)
      return { status: 200, body: { sid: twilioAccount.sid, friendly_name: "Shop", status: account.status } };
    if (method === "GET" && path.startsWith(`${base}/Messages/`)) {
      const found = taken.find((text) => path === `${base}/Messages/${text.sid}.json`);
      if (found) return { status: 200, body: resource(found) };
    }
    if (method !== "POST" || path !== `${base}/Messages.json`)
      return {
        status: 404,
        body: problem(404, 20404, `The requested resource ${path} was not found`),
      };
    if (!String(headers["content-type"]).startsWith("application/x-www-form-urlencoded"))
      return { status: 400, body: problem(400, 21602, "Message body is required.") };
    return withFault(faults.shift(), response, () => carryOut(body), {
      slowDown: problem(429, 20429, "Too Many Requests"),
      broken: problem(500, 20500, "An internal server error has occurred"),
    });
  });

  return {
    ...server,
    tokens,
    account,
    limits,
    taken,
    faults,
    hooks,
    forget() {
      taken.length = 0;
      server.requests.length = 0;
    },
  };
}

function credentialsIn(header: string | undefined): string[] {
  const given = /^Basic (.+)$/.exec(header ?? "")?.[1] ?? "";
  return Buffer.from(given, "base64").toString().split(":");
}

/** A message as the API shows it; numbers of segments are text, and unknown as long as a service has not chosen. */
function resource(text: TakenText) {
  return {
    sid: text.sid,
    account_sid: twilioAccount.sid,
    api_version: "2010-04-01",
    body: text.body,
    date_created: new Date(text.atMs).toUTCString(),
    date_sent: null,
    date_updated: new Date(text.atMs).toUTCString(),
    direction: "outbound-api",
    error_code: null,
    error_message: null,
    from: text.from,
    messaging_service_sid: text.service ?? null,
    num_media: "0",
    num_segments: text.service ? "0" : "1",
    price: null,
    price_unit: "USD",
    status: text.service ? "accepted" : "queued",
    subresource_uris: {},
    to: text.to,
    uri: `/2010-04-01/Accounts/${twilioAccount.sid}/Messages/${text.sid}.json`,
  };
}
