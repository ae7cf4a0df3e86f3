/**
 * Resend, played over HTTP to the letter of its reference: credentials, limits with their headers, idempotency keys,
 * strict and permissive batches, error bodies, signed reports. It keeps its own log of what it took.
 */
import { createHash, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { keyMemory, type Reply, requestWindow } from "./resend-limits.ts";
import {
  canonical,
  isProblem,
  problem,
  type ResendMail,
  type ResendProblem,
  readMail,
} from "./resend-rules.ts";
import { webhookDesk } from "./resend-webhooks.ts";

export type TakenMail = ResendMail & { readonly id: string; readonly atMs: number };

/** What goes wrong with the next sending request. `after`: it was carried out, only the answer suffers. */
export type Fault =
  | { readonly kind: "hang"; readonly when: "before" | "after" }
  | { readonly kind: "cut"; readonly when: "before" | "after" }
  | { readonly kind: "error"; readonly when: "before" | "after"; readonly status: 500 | 502 | 503 }
  | { readonly kind: "rate_limited"; readonly retryAfterSeconds: number }
  /** Carried out only once `until` is settled: meanwhile the key is busy. */
  | { readonly kind: "slow"; readonly until: Promise<unknown> };

export type ResendFake = Awaited<ReturnType<typeof startResend>>;

export type ResendOptions = {
  readonly now?: () => number;
  readonly domains?: readonly string[];
  readonly requestsPerSecond?: number;
  readonly dailyQuota?: number;
  /** Keeps no content, and knows a payload again by its bytes alone: for benches, where the far end should cost little. */
  readonly light?: boolean;
};

export async function startResend(options: ResendOptions = {}) {
  const now = options.now ?? (() => Date.now());
  const domains = options.domains ?? ["shop.example"];
  const limits = {
    requestsPerSecond: options.requestsPerSecond ?? 10_000,
    dailyQuota: options.dailyQuota ?? Number.POSITIVE_INFINITY,
    monthlyQuota: Number.POSITIVE_INFINITY,
  };
  /** Full access, or sending alone. */
  const keys = new Map<string, "full" | "sending">([
    ["re_test_full", "full"],
    ["re_test_sending", "sending"],
  ]);
  const taken: TakenMail[] = [];
  const faults: Fault[] = [];
  const requests: { method: string; path: string; headers: IncomingMessage["headers"] }[] = [];
  const hooks = webhookDesk(now);
  const window = requestWindow(() => limits.requestsPerSecond, now);
  const memory = keyMemory(now);

  function quotaProblem(count: number): ResendProblem | undefined {
    if (taken.length + count > limits.dailyQuota)
      return problem(429, "daily_quota_exceeded", "You have reached your daily email sending quota.");
    if (taken.length + count > limits.monthlyQuota)
      return problem(429, "monthly_quota_exceeded", "You have reached your monthly email sending quota.");
    return undefined;
  }

  const take = (mail: ResendMail) => {
    const content = options.light ? { html: undefined, text: undefined } : {};
    const kept = { ...mail, ...content, id: randomUUID(), atMs: now() };
    taken.push(kept);
    return { id: kept.id };
  };

  function send(body: unknown): Reply | ResendProblem {
    const mail = readMail(body, domains);
    if (isProblem(mail)) return mail;
    return quotaProblem(1) ?? { status: 200, body: take(mail) };
  }

  function sendBatch(body: unknown, permissive: boolean): Reply | ResendProblem {
    if (!Array.isArray(body) || body.length === 0)
      return problem(422, "validation_error", "The request body must be a list of emails.");
    if (body.length > 100) return problem(422, "validation_error", "A batch takes 100 emails at most.");
    const read = body.map((mail) => readMail(mail, domains));
    const wrong = read.flatMap((mail, index) => (isProblem(mail) ? [{ index, problem: mail }] : []));
    // A sender nobody may use concerns the account, in either mode.
    const forAccount = wrong.find(({ problem: p }) => p.statusCode === 403);
    const first = forAccount ?? (permissive ? undefined : wrong[0]);
    if (first) return first.problem;
    const good = read.filter((mail): mail is ResendMail => !isProblem(mail));
    const spent = quotaProblem(good.length);
    if (spent) return spent;
    const errors = wrong.map(({ index, problem: { message } }) => ({ index, message }));
    // Files are not supported here, and dropped without a word.
    const bare = good.map((mail) => ({ ...mail, attachments: [] }));
    return { status: 200, body: { data: bare.map(take), ...(permissive ? { errors } : {}) } };
  }

  async function carryOut(request: IncomingMessage, path: string, body: unknown, key: string, text: string) {
    const permissive = request.headers["x-batch-validation"] === "permissive";
    const run = async () => {
      const reply = path === "/emails" ? send(body) : sendBatch(body, permissive);
      return isProblem(reply) ? { status: reply.statusCode, body: reply } : reply;
    };
    const named = request.headers["idempotency-key"];
    if (named === undefined) return run();
    if (typeof named !== "string" || named.length < 1 || named.length > 256)
      return problem(400, "invalid_idempotency_key", "The key must be between 1-256 chars.");
    const fault = faults[0];
    const slow = fault?.kind === "slow" ? faults.shift() : undefined;
    const payload = options.light ? createHash("sha1").update(text).digest("hex") : canonical(body);
    return memory.once(`${key} POST ${path} ${named}`, payload, async () => {
      if (slow?.kind === "slow") await slow.until;
      return run();
    });
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? "/", "http://resend.test").pathname;
    requests.push({ method: request.method ?? "", path, headers: request.headers });
    const text = await textOf(request);
    const { allowed, headers } = window.take();
    const reply = (status: number, body: unknown, more: Record<string, string> = {}) => {
      response.writeHead(status, { "content-type": "application/json", ...headers, ...more });
      response.end(JSON.stringify(body));
    };
    const refuse = (p: ResendProblem, more: Record<string, string> = {}) => reply(p.statusCode, p, more);

    const credential = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
    if (!credential)
      return refuse(problem(401, "missing_api_key", "Missing API key in the authorization header."));
    const access = keys.get(credential);
    if (!access) return refuse(problem(403, "invalid_api_key", "API key is invalid."));
    if (!allowed)
      return refuse(
        problem(
          429,
          "rate_limit_exceeded",
          "Too many requests. You can only make a limited number of requests per second.",
        ),
      );

    const isSending = request.method === "POST" && (path === "/emails" || path === "/emails/batch");
    if (!isSending && access === "sending")
      return refuse(problem(401, "restricted_api_key", "This API key is restricted to only send emails."));
    const body = jsonOf(text);
    if (request.method === "GET" && path === "/domains")
      return reply(200, {
        object: "list",
        has_more: false,
        data: domains.map((name) => ({ id: name, name, status: "verified" })),
      });
    if (request.method === "GET" && path.startsWith("/emails/")) {
      const mail = taken.find(({ id }) => path === `/emails/${id}`);
      if (mail) return reply(200, { object: "email", ...mail, last_event: "sent" });
    }
    if (request.method === "POST" && path === "/webhooks") {
      const { endpoint, events } = body as { endpoint: string; events: string[] };
      const made = hooks.register(endpoint, events);
      return reply(201, { object: "webhook", id: made.id, signing_secret: made.secrets[0] });
    }
    if (!isSending) return refuse(problem(404, "not_found", "The requested endpoint does not exist."));
    if (body === undefined)
      return refuse(problem(400, "validation_error", "The request body is not valid JSON."));

    const fault = faults[0]?.kind === "slow" ? undefined : faults.shift();
    if (fault?.kind === "rate_limited")
      return refuse(problem(429, "rate_limit_exceeded", "Too many requests."), {
        "retry-after": String(fault.retryAfterSeconds),
      });
    if (fault && "when" in fault && fault.when === "before") return spoil(fault, response, reply);
    const done = await carryOut(request, path, body, credential, text);
    if (fault && "when" in fault) return spoil(fault, response, reply);
    return isProblem(done) ? refuse(done) : reply(done.status, done.body);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    baseUrl,
    keys,
    limits,
    taken,
    faults,
    requests,
    hooks,
    /** An empty log and no keys, for a run that counts from nothing. */
    forget() {
      taken.length = 0;
      requests.length = 0;
      memory.forget();
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function spoil(
  fault: Fault & { when: string },
  response: ServerResponse,
  reply: (status: number, body: unknown) => void,
): void {
  if (fault.kind === "cut") response.destroy();
  // 5xx as a gateway says it: no JSON of Resend's own.
  if (fault.kind === "error")
    reply(fault.status, {
      statusCode: fault.status,
      name: "internal_server_error",
      message: "Something went wrong.",
    });
  // A hanging request is answered by nobody; the caller's patience or `stop` ends it.
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
