/** The registry: which adapter speaks for which kind of provider, outward and back. */
import type {
  BatchResult,
  Provider,
  ProviderEvent,
  ProviderKind,
  ProviderTraits,
  WebhookRequest,
} from "#domain/sending/provider";
import type { Adapter, ProviderDeps, ReportDeps } from "./adapter.ts";
import type { Connection } from "./connection.ts";
import { mailgunAdapter } from "./mailgun/adapter.ts";
import { postmarkAdapter } from "./postmark/adapter.ts";
import { resendAdapter } from "./resend.ts";
import { sandboxAdapter } from "./sandbox.ts";
import { sendgridAdapter } from "./sendgrid/adapter.ts";
import { sendmodeAdapter } from "./sendmode/adapter.ts";
import { sesAdapter } from "./ses/adapter.ts";
import { smtpAdapter } from "./smtp/adapter.ts";
import { turnsOf } from "./turns.ts";
import { twilioAdapter } from "./twilio/adapter.ts";

export { type Connection, loadConnection } from "./connection.ts";

const adapters: Readonly<Record<ProviderKind, Adapter>> = {
  sandbox: sandboxAdapter,
  smtp: smtpAdapter,
  resend: resendAdapter,
  sendgrid: sendgridAdapter,
  ses: sesAdapter,
  postmark: postmarkAdapter,
  mailgun: mailgunAdapter,
  twilio: twilioAdapter,
  sendmode: sendmodeAdapter,
};

export const adapterOf = (kind: ProviderKind): Adapter => adapters[kind];

/** Waiting for a turn is part of the call's own time: a caller's lease must not run out meanwhile. */
function takeTurns(deps: ProviderDeps, provider: Provider): Provider {
  const inTurn = turnsOf(deps);
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

export function openProvider(deps: ProviderDeps, connection: Connection): Provider {
  const adapter = adapters[connection.kind];
  const provider = adapter.open(deps, connection);
  return adapter.usesConnections === true ? takeTurns(deps, provider) : provider;
}

/** What a connection of this kind can do, before it is opened; settings may change the sandbox's. */
export function traitsOf(connection: Pick<Connection, "kind" | "settings">): ProviderTraits {
  return adapters[connection.kind].traits(connection.settings);
}

/** False for a forged, stale or unsigned report. */
export function verifyReport(
  request: WebhookRequest,
  connection: Connection,
  deps: ReportDeps,
): Promise<boolean> {
  return adapters[connection.kind].verifyReport(request, connection, deps);
}

/** A verified report in our words; what it says about things that do not concern us is left out. Never throws. */
export function parseReport(kind: ProviderKind, request: WebhookRequest): readonly ProviderEvent[] {
  return adapters[kind].parseReport(request);
}
