/**
 * Postmark, played over HTTP: server tokens, the sender's domains, message streams, batches in which every mail has
 * its own code under one 200, limits of size and number, reports. It keeps its own log of what it took.
 */
import { randomUUID } from "node:crypto";
import { type Fault, farEndServer, type Reply, type Request, withFault } from "./far-end-faults.ts";
import {
  bareAddress,
  isProblem,
  maxBatch,
  maxCallBytes,
  type PostmarkMail,
  type PostmarkProblem,
  problem,
  readMail,
  WrongType,
} from "./postmark-rules.ts";
import { postmarkHooks } from "./postmark-webhooks.ts";

export type TakenMail = PostmarkMail & {
  readonly id: string;
  readonly recipient: string;
  /** Our own id, from the header X-Larkpost-Message. */
  readonly messageId: string | undefined;
  readonly atMs: number;
};

export type PostmarkFake = Awaited<ReturnType<typeof startPostmark>>;
export type PostmarkOptions = {
  readonly now?: () => number;
  readonly domains?: readonly string[];
  readonly streams?: readonly string[];
  readonly requestsPerSecond?: number;
};

export async function startPostmark(options: PostmarkOptions = {}) {
  const now = options.now ?? (() => Date.now());
  const tokens = new Set(["postmark-test-token"]);
  const account = {
    domains: options.domains ?? ["shop.example"],
    streams: options.streams ?? ["outbound", "broadcast"],
    inactive: new Set<string>(),
  };
  const limits = { requestsPerSecond: options.requestsPerSecond ?? 10_000 };
  /** What the account as a whole is refused with, as 412 while it is pending. */
  const state = { accountProblem: undefined as PostmarkProblem | undefined };
  const taken: TakenMail[] = [];
  const faults: Fault[] = [];
  const window = { startedMs: Number.NEGATIVE_INFINITY, used: 0 };

  function isTooFast(): boolean {
    if (now() - window.startedMs >= 1_000) Object.assign(window, { startedMs: now(), used: 0 });
    return ++window.used > limits.requestsPerSecond;
  }

  function take(given: unknown) {
    const mail = readMail(given, account);
    const refusal = isProblem(mail) ? mail : state.accountProblem;
    if (isProblem(mail) || refusal) return refusal ?? mail;
    const { Value: messageId } = mail.Headers.find(({ Name }) => Name === "X-Larkpost-Message") ?? {};
    const recipient = bareAddress(mail.To) ?? mail.To;
    const kept = { ...mail, id: randomUUID(), recipient, messageId, atMs: now() };
    taken.push(kept);
    const SubmittedAt = new Date(kept.atMs).toISOString();
    return { To: recipient, SubmittedAt, MessageID: kept.id, ErrorCode: 0, Message: "OK" };
  }

  async function carryOut(path: string, body: Buffer): Promise<Reply> {
    if (body.length > maxCallBytes) return { status: 413, body: problem(0, "Payload too large.") };
    const given = jsonOf(body);
    if (given === undefined) return { status: 422, body: problem(402, "Invalid JSON") };
    try {
      if (path === "/email") {
        const one = take(given);
        return { status: "ErrorCode" in one && one.ErrorCode !== 0 ? 422 : 200, body: one };
      }
      if (!Array.isArray(given)) return { status: 422, body: problem(403, "A list of messages is wanted.") };
      if (given.length > maxBatch)
        return { status: 422, body: problem(410, `A batch takes ${maxBatch} messages at most.`) };
      // A wrong type is found while the call is read, before anything is taken.
      for (const mail of given) readMail(mail, account);
      return { status: 200, body: given.map(take) };
    } catch (error) {
      if (!(error instanceof WrongType)) throw error;
      return { status: 422, body: problem(403, `The value of '${error.message}' has the wrong type.`) };
    }
  }

  const server = await farEndServer(async ({ method, path, headers, body }: Request, response) => {
    if (!tokens.has(String(headers["x-postmark-server-token"] ?? "")))
      return {
        status: 401,
        body: problem(
          10,
          "The Server Token you provided in the X-Postmark-Server-Token request header was invalid.",
        ),
      };
    if (isTooFast()) return { status: 429, body: problem(429, "Rate limit exceeded") };
    if (method === "GET" && path === "/server") return { status: 200, body: { ID: 23, Name: "Shop" } };
    if (method === "GET" && path.startsWith("/message-streams/")) {
      const id = decodeURIComponent(path.slice("/message-streams/".length));
      return account.streams.includes(id)
        ? { status: 200, body: { ID: id, ServerID: 23, Name: id, MessageStreamType: "Broadcasts" } }
        : {
            status: 404,
            body: problem(1226, `The message stream for the provided 'ID' (${id}) was not found.`),
          };
    }
    if (method !== "POST" || (path !== "/email" && path !== "/email/batch"))
      return { status: 404, body: problem(0, "Not found") };
    return withFault(faults.shift(), response, () => carryOut(path, body), {
      slowDown: problem(429, "Rate limit exceeded"),
      broken: problem(0, "Internal server error"),
    });
  });

  return {
    ...server,
    tokens,
    account,
    limits,
    state,
    taken,
    faults,
    hooks: postmarkHooks(now),
    /** An empty log, for a run that counts from nothing. */
    forget() {
      taken.length = 0;
      server.requests.length = 0;
    },
  };
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}
