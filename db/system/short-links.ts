/** Tenants by the beginning of their id: a link in a text message names no more of it. */
import { between, sql } from "drizzle-orm";
import type { PlanetScaleDatabase } from "drizzle-orm/planetscale-serverless";
import { idFromBytes, type TenantId } from "#domain/ids";
import { tenants } from "../schema/tenants.ts";

/** As good as always one; more begin alike only where they were made in the same millisecond. */
const most = 16;

export function shortLinkStatements(raw: PlanetScaleDatabase) {
  return {
    async tenantsBetween(first: Uint8Array, last: Uint8Array): Promise<TenantId[]> {
      const end = (bytes: Uint8Array) => sql.param(idFromBytes("ten", bytes), tenants.id);
      const rows = await raw
        .select({ id: tenants.id })
        .from(tenants)
        .where(between(tenants.id, end(first), end(last)))
        .limit(most);
      return rows.map((row) => row.id);
    },
  };
}
export type ShortLinkStatements = ReturnType<typeof shortLinkStatements>;
