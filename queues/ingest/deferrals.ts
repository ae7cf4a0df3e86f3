/** Mailboxes that put messages off after the provider had taken them: told to the connections, which then slow down for them. */
import type { TenantDb } from "#db/scope";
import type { ConnectionId } from "#domain/ids";
import { type MailboxGroup, mailboxGroupOf } from "#domain/sending/mailbox-group";
import type { Deps } from "../deps.ts";
import { limiterOf } from "../providers/limiter.ts";
import type { Matched } from "./report.ts";

/** What happened longer ago says nothing about the pace of now. */
const recentMs = 5 * 60_000;

type Learned = Partial<Record<MailboxGroup, { sent: number; deferred: number }>>;

/** Never throws: a pace that learns late is no reason to read reports twice. */
export async function noteDeferrals(deps: Deps, scope: TenantDb, matched: readonly Matched[]): Promise<void> {
  const byConnection = new Map<ConnectionId, Learned>();
  for (const { report, message } of matched) {
    if (!isPutOff(report) || report.atMs < deps.now() - recentMs || !message.connectionId) continue;
    const learned = byConnection.get(message.connectionId) ?? {};
    byConnection.set(message.connectionId, learned);
    const group = mailboxGroupOf(message.address);
    learned[group] = { sent: 0, deferred: (learned[group]?.deferred ?? 0) + 1 };
  }
  for (const [id, learned] of byConnection) {
    try {
      await limiterOf(deps, scope.tenantId, id).learn(learned);
    } catch (error) {
      deps.log("limiter.unreachable", { connection: id, error: String(error) });
    }
  }
}

/** A block is the sender's trouble, as a deferral is: too much, too fast, or not trusted yet. */
const isPutOff = ({ kind, bounce }: Matched["report"]) =>
  kind === "deferred" || (kind === "bounced" && bounce === "block");
