/** The workspace itself, and how far it has come. */
import { sql } from "drizzle-orm";
import { tenants } from "../schema/tenants.ts";
import type { TenantDb } from "../scope.ts";

export type Tenant = Omit<typeof tenants.$inferSelect, "wrappedKey">;
export type TenantChange = Partial<
  Pick<
    Tenant,
    "name" | "timeZone" | "postalAddress" | "fromName" | "fromEmail" | "replyTo" | "policy" | "smsOptOut"
  >
>;

const shown = {
  id: tenants.id,
  name: tenants.name,
  timeZone: tenants.timeZone,
  postalAddress: tenants.postalAddress,
  fromName: tenants.fromName,
  fromEmail: tenants.fromEmail,
  replyTo: tenants.replyTo,
  policy: tenants.policy,
  smsOptOut: tenants.smsOptOut,
  createdAt: tenants.createdAt,
  updatedAt: tenants.updatedAt,
};

/** Throws when there is no such tenant: a scope is opened only for tenants that exist. */
export async function getTenant(scope: TenantDb): Promise<Tenant> {
  const [row] = await scope.pickSelf(shown);
  if (!row) throw new Error(`no tenant ${scope.tenantId}`);
  return row;
}

export async function changeTenant(scope: TenantDb, change: TenantChange, now: Date): Promise<void> {
  await scope.updateSelf({ ...change, updatedAt: now });
}

export type Progress = {
  readonly contacts: number;
  readonly campaigns: number;
  readonly hasTemplate: boolean;
  readonly hasTestSend: boolean;
  readonly hasLaunched: boolean;
};

/** What the data itself says about a workspace, in one statement over indexes that begin with the tenant. */
export async function getProgress(scope: TenantDb): Promise<Progress> {
  const { rows } = await scope.execute(sql`select
    (select count(*) from contacts c where ${scope.own("c")}) contacts,
    (select count(*) from campaigns p where ${scope.own("p")}) campaigns,
    exists (select 1 from templates t where ${scope.own("t")}) has_template,
    exists (select 1 from audit_log a where ${scope.own("a")} and a.subject like 'tpl\\_%'
      and a.action = 'template.test_send') has_test_send,
    exists (select 1 from runs r where ${scope.own("r")}) has_launched`);
  const row = rows[0] as Record<string, unknown>;
  return {
    contacts: Number(row.contacts),
    campaigns: Number(row.campaigns),
    hasTemplate: Number(row.has_template) === 1,
    hasTestSend: Number(row.has_test_send) === 1,
    hasLaunched: Number(row.has_launched) === 1,
  };
}
