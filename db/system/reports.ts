/** Providers' reports of all tenants, as far as their age is concerned. */
import { asc, lt, sql } from "drizzle-orm";
import type { PlanetScaleDatabase } from "drizzle-orm/planetscale-serverless";
import type { HookPayloadId, TenantId } from "#domain/ids";
import { literal } from "../bulk.ts";
import { forgedReports, hookPayloads } from "../schema/index.ts";

export type AgedReport = {
  readonly tenantId: TenantId;
  readonly id: HookPayloadId;
  readonly rawKey: string | null;
};

export type ReportStatements = ReturnType<typeof reportStatements>;
export function reportStatements(raw: PlanetScaleDatabase) {
  return {
    /** The oldest of those that came before. */
    async aged(before: Date, limit: number): Promise<AgedReport[]> {
      return raw
        .select({ tenantId: hookPayloads.tenantId, id: hookPayloads.id, rawKey: hookPayloads.rawKey })
        .from(hookPayloads)
        .where(lt(hookPayloads.receivedAt, before))
        .orderBy(asc(hookPayloads.receivedAt))
        .limit(limit);
    },
    async drop(reports: readonly AgedReport[]): Promise<void> {
      if (reports.length === 0) return;
      const keys = reports
        .map(({ tenantId, id }) => `(${literal({ id: tenantId })},${literal({ id })})`)
        .sort()
        .join(",");
      await raw.delete(hookPayloads).where(sql.raw(`(tenant_id, id) in (${keys})`));
    },
    async dropForgeries(before: Date): Promise<void> {
      await raw.delete(forgedReports).where(lt(forgedReports.hour, before)).limit(1_000);
    },
  };
}
