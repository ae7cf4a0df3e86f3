/** What the compiler must refuse: ways in which one tenant's data could be read or written as another's. Checked by tsc alone. */
import type { PlanetScaleDatabase } from "drizzle-orm/planetscale-serverless";
import { listApiKeys, revokeApiKey } from "#db/repos/api-keys";
import { apiKeys, auditLog, memberships, sessions, tenants, users } from "#db/schema/tenants";
import type { TenantDb } from "#db/scope";
import type { ApiKeyId, CampaignId, ContactId, TenantId, UserId } from "#domain/ids";

declare const scope: TenantDb;
declare const raw: PlanetScaleDatabase;
declare const keyId: ApiKeyId;
declare const campaignId: CampaignId;
declare const contactId: ContactId;
declare const otherTenant: TenantId;
declare const text: string;
declare const userId: UserId;
const now = new Date(0);

export async function refused(): Promise<void> {
  // @ts-expect-error a database is not a tenant
  await listApiKeys(raw);
  // @ts-expect-error nor is a tenant's id: a scope is opened where the credential was checked
  await listApiKeys(otherTenant);
  // @ts-expect-error a campaign is not a key
  await revokeApiKey(scope, campaignId, now);
  // @ts-expect-error text is parsed at the door before it is an id
  await revokeApiKey(scope, text, now);
  // @ts-expect-error people belong to no tenant, so no tenant's scope reads them
  scope.select(users);
  // @ts-expect-error nor their sessions
  scope.select(sessions);
  // @ts-expect-error nor the list of tenants
  scope.delete(tenants);
  // @ts-expect-error the scope says whose row it is, not the caller
  scope.insert(memberships, { userId, role: "owner", createdAt: now, tenantId: otherTenant });
  // @ts-expect-error a row does not move to another tenant
  scope.update(apiKeys, { tenantId: otherTenant });
  // @ts-expect-error a second condition would replace the tenant's
  scope.select(apiKeys).where(undefined);
  // @ts-expect-error the same for an update
  scope.update(apiKeys, { name: text }).where(undefined);
  // @ts-expect-error a delete says what
  scope.delete(apiKeys);
  // @ts-expect-error the tenant's own key does not leave by way of its settings
  scope.updateSelf({ wrappedKey: new Uint8Array() });
  // @ts-expect-error ids of two nouns are never the same thing
  const wrong: ContactId = campaignId;
  // @ts-expect-error the raw handle of a scope is private
  scope.raw;
  void wrong;
  void contactId;
}

/** And the right ways still compile, with the rows' types inferred. */
export async function accepted(): Promise<string | undefined> {
  const [entry] = await scope.select(auditLog).orderBy(auditLog.id).limit(1);
  const action: string | undefined = entry?.action;
  await revokeApiKey(scope, keyId, now);
  await scope.transaction(async (tx) => void (await listApiKeys(tx)));
  return action;
}
