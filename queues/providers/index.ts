/** The registry: which adapter speaks for which kind of provider, outward and back. */
import { limitConcurrency } from "#db/concurrency";
import type {
  BatchResult,
  EmailProvider,
  ProviderEvent,
  ProviderKind,
  ProviderTraits,
} from "#domain/sending/provider";
import type { Deps } from "../deps.ts";
import type { Connection } from "./connection.ts";
import { openResend, parseResendReport, resendTraits, verifyResendSignature } from "./resend.ts";
import { openSandbox, parseSandboxReport, sandboxTraits, verifySandboxSignature } from "./sandbox.ts";
import { openSmtp, smtpTraits } from "./smtp/adapter.ts";

export { type Connection, loadConnection } from "./connection.ts";

export type ProviderDeps = Pick<Deps, "env" | "now">;
export type Headers = Readonly<Record<string, string>>;

/**
 * Workers hold six connections per invocation and the database takes up to three of them (db/client.ts):
 * the three that are left are shared by all providers opened with the same deps.
 */
const maxProviderConnections = 3;
const turns = new WeakMap<ProviderDeps, ReturnType<typeof limitConcurrency>>();

/** Waiting for a turn is part of the call's own time: a caller's lease must not run out meanwhile. */
function takeTurns(deps: ProviderDeps, provider: EmailProvider): EmailProvider {
  const known = turns.get(deps);
  const inTurn = known ?? limitConcurrency(maxProviderConnections);
  if (!known) turns.set(deps, inTurn);
  return {
    kind: provider.kind,
    traits: provider.traits,
    send(batch, options) {
      const deadlineMs = deps.now() + options.timeoutMs;
      return inTurn(async () => {
        const timeoutMs = deadlineMs - deps.now();
        // Begun with a moment left, a call would end in doubt; not begun, it is certainly untaken.
        const leastMs = Math.min(500, options.timeoutMs / 2);
        return timeoutMs >= leastMs ? provider.send(batch, { ...options, timeoutMs }) : noTurn;
      });
    },
    verify: () => inTurn(() => provider.verify()),
  };
}

const noTurn: BatchResult = {
  kind: "refused",
  refusal: { kind: "rate_limited", retryAfterMs: 1_000, reason: "no connection was free in time" },
};

export function openProvider(deps: ProviderDeps, connection: Connection): EmailProvider {
  switch (connection.kind) {
    // A call to a Durable Object is not one of the six connections.
    case "sandbox":
      return openSandbox(deps, connection);
    case "smtp":
      return takeTurns(deps, openSmtp(deps, connection));
    case "resend":
      return takeTurns(deps, openResend(deps, connection));
  }
}

/** What a connection of this kind can do, before it is opened; settings may change the sandbox's. */
export function traitsOf(connection: Pick<Connection, "kind" | "settings">): ProviderTraits {
  switch (connection.kind) {
    case "sandbox":
      return sandboxTraits(connection.settings);
    case "smtp":
      return smtpTraits;
    case "resend":
      return resendTraits;
  }
}

/** False for a forged, stale or unsigned report. Header names in lower case; compares in constant time. */
export async function verifySignature(
  kind: ProviderKind,
  headers: Headers,
  rawBody: string,
  secret: string,
  nowMs: number,
): Promise<boolean> {
  switch (kind) {
    case "sandbox":
      return verifySandboxSignature(headers, rawBody, secret, nowMs);
    case "resend":
      return verifyResendSignature(headers, rawBody, secret, nowMs);
    // Plain SMTP reports nothing, so whatever claims to come from it is forged.
    case "smtp":
      return false;
  }
}

/** A verified report in our words; what it says about things that do not concern us is left out. Never throws. */
export function parseReport(kind: ProviderKind, headers: Headers, rawBody: string): readonly ProviderEvent[] {
  switch (kind) {
    case "sandbox":
      return parseSandboxReport(rawBody);
    case "resend":
      return parseResendReport(headers, rawBody);
    case "smtp":
      return [];
  }
}
