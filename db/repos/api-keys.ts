/** The keys of one workspace. */
import { and, desc, eq, isNull } from "drizzle-orm";
import type { ApiKeyId, UserId } from "#domain/ids";
import { apiKeys } from "../schema/tenants.ts";
import type { TenantDb } from "../scope.ts";

export type ApiKey = {
  readonly id: ApiKeyId;
  readonly name: string;
  readonly hint: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
};

const shown = {
  id: apiKeys.id,
  name: apiKeys.name,
  hint: apiKeys.hint,
  createdAt: apiKeys.createdAt,
  lastUsedAt: apiKeys.lastUsedAt,
};
const inUse = (id: ApiKeyId) => and(eq(apiKeys.id, id), isNull(apiKeys.revokedAt));

export async function listApiKeys(scope: TenantDb): Promise<ApiKey[]> {
  return scope.pick(shown, apiKeys, isNull(apiKeys.revokedAt)).orderBy(desc(apiKeys.id));
}

export async function insertApiKey(
  scope: TenantDb,
  key: Omit<ApiKey, "lastUsedAt"> & { readonly keyHash: Uint8Array; readonly createdBy: UserId },
): Promise<void> {
  await scope.insert(apiKeys, { ...key, lastUsedAt: null, revokedAt: null });
}

/** The key that was just revoked; undefined where there was none in use. */
export async function revokeApiKey(scope: TenantDb, id: ApiKeyId, now: Date): Promise<ApiKey | undefined> {
  const [key] = await scope.pick(shown, apiKeys, inUse(id));
  const { rowsAffected } = await scope.update(apiKeys, { revokedAt: now }, inUse(id));
  return rowsAffected > 0 ? key : undefined;
}

export async function touchApiKey(scope: TenantDb, id: ApiKeyId, now: Date): Promise<void> {
  await scope.update(apiKeys, { lastUsedAt: now }, inUse(id));
}
