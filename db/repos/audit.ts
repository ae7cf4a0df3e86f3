/** The audit log: one row per write, never changed afterwards. */
import { and, desc, eq, getTableColumns, lt } from "drizzle-orm";
import type { AuditId } from "#domain/ids";
import { auditLog } from "../schema/tenants.ts";
import type { TenantDb } from "../scope.ts";

export type AuditRow = {
  readonly id: AuditId;
  /** `usr_…`, `key_…` or `system`. */
  readonly actor: string;
  readonly actorName: string;
  /** noun.verb, as `campaign.send`. */
  readonly action: string;
  /** The id of what was changed, or its natural key. */
  readonly subject: string;
  readonly ip: string;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
  readonly at: Date;
};

/** Hand in the scope of the transaction that makes the change: both happen or neither. */
export async function insertAudit(scope: TenantDb, row: AuditRow): Promise<void> {
  await scope.insert(auditLog, row);
}

/** Newest first: ids are minted in order of time. */
export async function listAudit(
  scope: TenantDb,
  page: {
    readonly limit: number;
    readonly before?: AuditId | undefined;
    readonly subject?: string | undefined;
  },
): Promise<AuditRow[]> {
  const where = and(
    page.before ? lt(auditLog.id, page.before) : undefined,
    page.subject ? eq(auditLog.subject, page.subject) : undefined,
  );
  const { tenantId: _, ...shown } = getTableColumns(auditLog);
  return scope.pick(shown, auditLog, where).orderBy(desc(auditLog.id)).limit(page.limit);
}
