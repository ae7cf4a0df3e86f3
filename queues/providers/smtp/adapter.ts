/** SMTP as a provider: one connection for a batch, one mail after the other, replies as outcomes. */
import { dotStuffed, mimeMessage } from "#domain/message/mime";
import type { BatchResult, EmailProvider, Outcome, OutgoingEmail, Refusal } from "#domain/sending/provider";
import { withDeadline } from "../../deadline.ts";
import type { Adapter } from "../adapter.ts";
import type { Connection } from "../connection.ts";
import { errorText, wireHeaders } from "../wire.ts";
import { type SessionOptions, SessionRefused, SmtpSession } from "./session.ts";
import { openSocket } from "./socket.ts";
import type { ByteStream } from "./stream.ts";

export const smtpTraits = {
  // One mail after the other: a slow server must get through them within one call.
  maxBatch: 20,
  idempotent: false,
  evidence: "none",
  defaultRatePerSecond: 10,
} as const;

/** Servers end a session after so many mails, or by accident; a batch survives that this often. */
const maxSessions = 3;
/** Time kept back for the answer to a mail: with less of it left, its data is not ended and nothing was taken. */
const leastAnswerMs = (timeoutMs: number) => Math.min(10_000, timeoutMs / 3);
/** The longest wait for one reply, where the call itself has more time (RFC 5321 §4.5.3.2 is written for relays). */
const maxPatienceMs = 30_000;
const verifyTimeoutMs = 20_000;

export type SmtpAddress = {
  readonly host: string;
  readonly port: number;
  readonly security: SessionOptions["security"];
};
export type Connect = (address: SmtpAddress) => Promise<ByteStream>;
export type SmtpDeps = { readonly now: () => number; readonly env: Pick<Env, "PUBLIC_ORIGIN"> };

export function openSmtp(
  deps: SmtpDeps,
  connection: Connection,
  connect: Connect = openSocket,
): EmailProvider {
  const { settings, secrets } = connection;
  const address: SmtpAddress = {
    host: String(settings.host ?? ""),
    port: Number(settings.port ?? 587),
    security: securityOf(settings.security),
  };
  const begin = async (deadlineMs: number, answerMs = 0): Promise<SmtpSession> => {
    const stream = await connectBefore(deps, connect, address, deadlineMs);
    return SmtpSession.open(stream, {
      clientName: clientName(deps.env.PUBLIC_ORIGIN),
      security: address.security,
      username: String(settings.username ?? ""),
      password: secrets.password ?? "",
      patienceMs: () => Math.max(1, Math.min(maxPatienceMs, deadlineMs - deps.now())),
      leastAnswerMs: answerMs,
    });
  };

  async function sendAll(batch: readonly OutgoingEmail[], timeoutMs: number): Promise<BatchResult> {
    const deadlineMs = deps.now() + timeoutMs;
    const answerMs = leastAnswerMs(timeoutMs);
    const lastStartMs = deadlineMs - answerMs;
    const outcomes: Outcome[] = [];
    let session: SmtpSession | undefined;
    let sessions = 0;
    for (const mail of batch) {
      if (!session?.alive) {
        if (++sessions > maxSessions || deps.now() >= lastStartMs) break;
        const opened = await begin(deadlineMs, answerMs).catch(asRefusal);
        if (!(opened instanceof SmtpSession)) {
          if (outcomes.length === 0) return { kind: "refused", refusal: opened };
          break;
        }
        session = opened;
      }
      if (deps.now() >= lastStartMs) break;
      outcomes.push(await sendOne(session, mail));
    }
    await session?.quit();
    // Not one got its turn: a server this slow to begin is as good as away, and asking on and on would hide it.
    if (outcomes.length === 0)
      return {
        kind: "refused",
        refusal: { kind: "unavailable", reason: "the server was too slow to begin" },
      };
    const rest: Outcome = {
      kind: "deferred",
      reason: "the connection ended before this mail's turn",
      retryAfterMs: 1_000,
      untried: true,
    };
    return { kind: "settled", outcomes: batch.map((_mail, index) => outcomes[index] ?? rest) };
  }

  async function sendOne(session: SmtpSession, mail: OutgoingEmail): Promise<Outcome> {
    const wrong = [mail.from.email, mail.to.email].find((email) => !isMailPath(email));
    if (wrong !== undefined)
      return { kind: "failed", reason: "the address cannot be put into an SMTP command" };
    const messageId = `${mail.messageId}@${mail.from.email.slice(mail.from.email.lastIndexOf("@") + 1)}`;
    const message = mimeMessage({ ...mail, headers: wireHeaders(mail), messageId, sentAtMs: deps.now() });
    const envelope = { from: mail.from.email, to: mail.to.email };
    return session.send(envelope, new TextEncoder().encode(dotStuffed(message)));
  }

  return {
    kind: "smtp",
    traits: smtpTraits,
    async send(batch, options) {
      if (batch.length === 0) return { kind: "settled", outcomes: [] };
      return sendAll(batch, options.timeoutMs);
    },
    async verify() {
      const opened = await begin(deps.now() + verifyTimeoutMs).catch(asRefusal);
      if (!(opened instanceof SmtpSession)) return { ok: false, reason: opened.reason };
      await opened.quit();
      return { ok: true };
    },
  };
}

async function connectBefore(
  deps: SmtpDeps,
  connect: Connect,
  address: SmtpAddress,
  deadlineMs: number,
): Promise<ByteStream> {
  const connecting = connect(address);
  const timeoutMs = Math.max(1, Math.min(maxPatienceMs, deadlineMs - deps.now()));
  try {
    return await withDeadline(connecting, timeoutMs);
  } catch (error) {
    // A connection that comes about too late must not be left open.
    connecting.then((stream) => stream.close()).catch(() => undefined);
    throw new SessionRefused(`no connection to ${address.host}:${address.port}: ${errorText(error)}`, false);
  }
}

function asRefusal(error: unknown): Refusal {
  const reason = errorText(error);
  const isFinal = error instanceof SessionRefused && error.final;
  return isFinal ? { kind: "rejected", reason } : { kind: "unavailable", reason };
}

/** A host name, or an address literal in brackets (RFC 5321 §4.1.3); a URL writes IPv6 in brackets already. */
function clientName(origin: string): string {
  const { hostname } = new URL(origin);
  if (hostname.startsWith("[")) return `[IPv6:${hostname.slice(1)}`;
  return /^[\d.]+$/.test(hostname) ? `[${hostname}]` : hostname;
}

function securityOf(value: unknown): SessionOptions["security"] {
  return value === "none" || value === "tls" ? value : "starttls";
}

/** Printable ASCII without what would end the path early. */
function isMailPath(email: string): boolean {
  return /^[\x21-\x3b\x3d\x3f-\x7e]+@[\x21-\x3b\x3d\x3f-\x7e]+$/.test(email);
}

export const smtpAdapter: Adapter = {
  kind: "smtp",
  usesConnections: true,
  traits: () => smtpTraits,
  open: (deps, connection) => openSmtp(deps, connection),
  // Plain SMTP reports nothing, so whatever claims to come from it is forged.
  verifyReport: async () => false,
  parseReport: () => [],
};
