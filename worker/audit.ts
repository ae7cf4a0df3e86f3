/** One row in the audit log per write: who, what, from where, before and after. */
import { type AuditRow, insertAudit } from "#db/repos/audit";
import type { TenantDb } from "#db/scope";
import type { Deps } from "#queues/deps";
import type { Actor } from "./context.ts";

export type AuditEntry = {
  /** noun.verb, as `campaign.send`. */
  readonly action: string;
  /** The id of what was changed, or its natural key (a field's key, an address). */
  readonly subject: string;
  /** JSON as the API shows it; no secrets. */
  readonly before?: Record<string, unknown> | null;
  readonly after?: Record<string, unknown> | null;
};

type Source = Pick<Deps, "newId" | "now">;

/** Hand in the scope of the transaction that makes the change, where there is one: both happen or neither. */
export async function audit(
  scope: TenantDb,
  deps: Source,
  actor: Omit<Actor, "role" | "userAgent">,
  entry: AuditEntry,
): Promise<void> {
  await insertAudit(scope, auditRow(deps, actor, entry));
}

export function auditRow(
  deps: Source,
  actor: Omit<Actor, "role" | "userAgent">,
  entry: AuditEntry,
): AuditRow {
  return {
    id: deps.newId("aud"),
    actor: actor.id,
    actorName: actor.name,
    action: entry.action,
    subject: entry.subject.slice(0, 80),
    ip: actor.ip,
    before: entry.before ?? null,
    after: entry.after ?? null,
    at: new Date(deps.now()),
  };
}
