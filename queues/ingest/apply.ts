/** What reports change for people: suppressions and consent. All of it may run twice. */
import { bounceHistory } from "#db/repos/hits";
import { setEmailConsent, suppressAll } from "#db/repos/unsubscribe";
import type { TenantDb } from "#db/scope";
import type { ContactId } from "#domain/ids";
import { isWornOut, type PastReport, softBounceRule } from "#domain/sending/bounce";
import type { Deps } from "../deps.ts";
import type { Matched } from "./report.ts";

/** The people first: whoever complained or has no mailbox must not be written to again, whatever fails afterwards. */
export async function protect(deps: Deps, scope: TenantDb, matched: readonly Matched[]): Promise<void> {
  if (matched.length === 0) return;
  const now = new Date(deps.now());
  const gone = matched.filter(({ report }) => report.kind === "bounced" && report.bounce === "hard");
  const angry = matched.filter(({ report }) => report.kind === "complained");
  const worn = await wornOut(scope, matched);
  const row = (reason: "bounced" | "complained") => (m: Matched) => ({
    channel: "email" as const,
    address: m.message.address,
    reason,
    detail: m.report.detail,
    createdAt: now,
  });
  await suppressAll(scope, [...angry.map(row("complained")), ...[...gone, ...worn].map(row("bounced"))]);
  // A recipient's own unsubscribe was written by the page that took it (worker/routes/hosted).
  const left = matched.filter(({ report }) => report.kind === "unsubscribed" && report.source === "provider");
  const proof = (source: string) => (m: Matched) => ({
    id: deps.newId("con"),
    contactId: m.message.contactId,
    source,
    ip: m.report.ip.slice(0, 45),
    userAgent: (m.report.userAgent ?? "").slice(0, 300),
    wording: [m.report.provider, m.report.detail].filter(Boolean).join(": ").slice(0, 1_000),
    at: new Date(m.report.atMs),
  });
  await setEmailConsent(scope, "unsubscribed", [
    ...left.map(proof("provider")),
    ...angry.map(proof("complaint")),
  ]);
}

/** Those whose soft bounces have become too many with the ones just told (domain/sending/bounce.ts). */
async function wornOut(scope: TenantDb, matched: readonly Matched[]): Promise<Matched[]> {
  const soft = matched.filter(({ report }) => report.kind === "bounced" && report.bounce === "soft");
  if (soft.length === 0) return [];
  const sinceMs = Math.min(...soft.map((m) => m.report.atMs)) - softBounceRule.withinMs;
  const ids = [...new Set(soft.map((m) => m.message.contactId))];
  const history = await bounceHistory(scope, ids, new Date(sinceMs));
  const past = (contactId: ContactId, address: string): PastReport[] =>
    history
      .filter((event) => event.contactId === contactId && event.address === address)
      .map((event) => ({
        kind: event.kind === "delivered" ? "delivered" : "bounced",
        bounce: event.data.bounce === "soft" ? "soft" : undefined,
        atMs: event.at.getTime(),
      }));
  return soft.filter(({ message: { contactId, address } }) => {
    const fresh = matched
      .filter((m) => m.message.contactId === contactId && m.message.address === address)
      .flatMap(({ report: { kind, bounce, atMs } }) =>
        kind === "bounced" || kind === "delivered" ? [{ kind, bounce, atMs }] : [],
      );
    return isWornOut([...past(contactId, address), ...fresh]);
  });
}
