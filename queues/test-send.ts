/** One mail or text message by the default connection, now: what a person sends to look at their own template. */
import { defaultConnection } from "#db/repos/connections";
import { getTenant } from "#db/repos/tenants";
import type { TenantId } from "#domain/ids";
import { fail, ok, type Result } from "#domain/result";
import type { Address, Outcome, Outgoing } from "#domain/sending/provider";
import type { Deps } from "./deps.ts";
import { type Connection, loadConnection, openProvider } from "./providers/index.ts";

export type TestMail = {
  readonly to: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Where the template or campaign names its own; the workspace's otherwise. */
  readonly from?: Address | undefined;
};

export type TestSent = {
  readonly accepted: boolean;
  /** What the provider said. */
  readonly detail: string;
};

const timeoutMs = 20_000;

export async function sendTest(deps: Deps, tenantId: TenantId, mail: TestMail): Promise<Result<TestSent>> {
  const scope = deps.scope(tenantId);
  const [tenant, chosen] = await Promise.all([getTenant(scope), defaultConnection(scope)]);
  if (!chosen) return notReady("Connect a provider before you send.");
  const from = mail.from ?? { email: tenant.fromEmail, name: tenant.fromName };
  if (from.email === "") return notReady("Set the sender's address before you send.");
  const connection = await loadConnection(deps, tenantId, chosen.id);
  if (!connection) return notReady("Connect a provider before you send.");
  const messageId = deps.newId("msg");
  const replyTo = tenant.replyTo === "" ? undefined : { email: tenant.replyTo };
  const { subject, html, text, headers } = mail;
  return sendOne(deps, connection, {
    messageId,
    from,
    replyTo,
    to: { email: mail.to },
    subject,
    html,
    text,
    headers,
  });
}

/** From the connection's own sender. */
export async function sendTestText(
  deps: Deps,
  tenantId: TenantId,
  { to, text }: { readonly to: string; readonly text: string },
): Promise<Result<TestSent>> {
  const chosen = await defaultConnection(deps.scope(tenantId), "sms");
  const connection = chosen && (await loadConnection(deps, tenantId, chosen.id));
  if (!connection) return notReady("Connect a provider for text messages before you send.");
  return sendOne(deps, connection, { channel: "sms", messageId: deps.newId("msg"), from: "", to, text });
}

async function sendOne(deps: Deps, connection: Connection, message: Outgoing): Promise<Result<TestSent>> {
  const options = { idempotencyKey: message.messageId, timeoutMs };
  const result = await openProvider(deps, connection).send([message], options);
  if (result.kind === "refused") return ok({ accepted: false, detail: result.refusal.reason });
  return ok(told(result.outcomes[0]));
}

function told(outcome: Outcome | undefined): TestSent {
  if (!outcome) return { accepted: false, detail: "the provider's answer named no outcome" };
  if (outcome.kind === "accepted") return { accepted: true, detail: outcome.providerMessageId };
  return { accepted: false, detail: outcome.reason };
}

function notReady(detail: string) {
  return fail({ kind: "not_ready", errors: [{ pointer: "", detail }] });
}
