/** What reports change for people: suppressions and consent. All of it may run twice. */
import { bounceHistory } from "#db/repos/hits";
import { setConsent, suppressAll } from "#db/repos/unsubscribe";
import type { TenantDb } from "#db/scope";
import { normalizeEmail, normalizePhone } from "#domain/contact/address";
import { channelOf, channels, type SuppressionReason } from "#domain/contact/consent";
import type { ContactId } from "#domain/ids";
import { isWornOut, type PastReport, softBounceRule } from "#domain/sending/bounce";
import type { Deps } from "../deps.ts";
import type { Matched, Report } from "./report.ts";

/** The people first: whoever complained or has no mailbox must not be written to again, whatever fails afterwards. */
export async function protect(deps: Deps, scope: TenantDb, matched: readonly Matched[]): Promise<void> {
  if (matched.length === 0) return;
  const now = new Date(deps.now());
  const gone = matched.filter(({ report }) => report.kind === "bounced" && report.bounce === "hard");
  const angry = matched.filter(({ report }) => report.kind === "complained");
  const worn = await wornOut(scope, matched);
  // A recipient's own unsubscribe was written by the page that took it (worker/routes/hosted).
  const left = matched.filter(({ report }) => report.kind === "unsubscribed" && report.source === "provider");
  const row = (reason: SuppressionReason) => (m: Matched) => ({
    channel: channelOf(m.message.address),
    address: m.message.address,
    reason,
    detail: m.report.detail,
    createdAt: now,
  });
  await suppressAll(scope, [
    ...angry.map(row("complained")),
    ...[...gone, ...worn].map(row("bounced")),
    ...left.filter(isText).map(row("opted_out")),
  ]);
  const proof = (source: string) => (m: Matched) => ({
    id: deps.newId("con"),
    contactId: m.message.contactId,
    source,
    ip: m.report.ip.slice(0, 45),
    userAgent: (m.report.userAgent ?? "").slice(0, 300),
    wording: [m.report.provider, m.report.detail].filter(Boolean).join(": ").slice(0, 1_000),
    at: new Date(m.report.atMs),
  });
  for (const channel of channels) {
    const own = (m: Matched) => channelOf(m.message.address) === channel;
    await setConsent(scope, channel, "unsubscribed", [
      ...left.filter(own).map(proof("provider")),
      ...angry.filter(own).map(proof("complaint")),
    ]);
  }
}

/**
 * A provider speaks of an address and of no message we know: sent by hand, by another program of the same account, or
 * erased since. That the mailbox is gone, or its owner angry, is no less true. Without an event to know it by, a report told
 * again says so again.
 */
export async function protectUnmatched(
  deps: Deps,
  scope: TenantDb,
  reports: readonly Report[],
): Promise<void> {
  const createdAt = new Date(deps.now());
  const rows = reports.flatMap(({ source, kind, bounce, recipient, detail }) => {
    const isGone = kind === "bounced" && bounce === "hard";
    if (source !== "provider" || !recipient || !(isGone || kind === "complained")) return [];
    const address = recipient.includes("@") ? normalizeEmail(recipient) : normalizePhone(recipient);
    if (!address) return [];
    const reason: SuppressionReason = isGone ? "bounced" : "complained";
    return [{ channel: channelOf(address), address, reason, detail, createdAt }];
  });
  // The first reason stands: anger before a mailbox that is gone.
  await suppressAll(scope, [
    ...rows.filter((row) => row.reason === "complained"),
    ...rows.filter((row) => row.reason === "bounced"),
  ]);
}

const isText = (m: Matched) => channelOf(m.message.address) === "sms";

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
