/** API keys: looked up by hash, which is how a program's tenant becomes known. */
import { and, eq, isNull } from "drizzle-orm";
import type { PlanetScaleDatabase } from "drizzle-orm/planetscale-serverless";
import { apiKeys } from "../schema/tenants.ts";

export function apiKeyStatements(raw: PlanetScaleDatabase) {
  return {
    async find(keyHash: Uint8Array) {
      const [row] = await raw
        .select({
          tenantId: apiKeys.tenantId,
          id: apiKeys.id,
          name: apiKeys.name,
          lastUsedAt: apiKeys.lastUsedAt,
        })
        .from(apiKeys)
        .where(and(eq(apiKeys.keyHash, keyHash), isNull(apiKeys.revokedAt)))
        .limit(1);
      return row;
    },
  };
}
export type ApiKeyStatements = ReturnType<typeof apiKeyStatements>;
