/** People and new workspaces: a person belongs to no tenant, and a tenant begins before anyone is in it. */
import { and, asc, eq, gt, isNull } from "drizzle-orm";
import type { PlanetScaleDatabase } from "drizzle-orm/planetscale-serverless";
import type { ConnectionId, InvitationId, TenantId, UserId } from "#domain/ids";
import type { Role } from "#domain/tenant/role";
import type { AuditRow } from "../repos/audit.ts";
import { connections } from "../schema/campaigns.ts";
import { auditLog, invitations, memberships, tenants, users } from "../schema/tenants.ts";
import { TenantDb } from "../scope.ts";
import type { PersonRow } from "./sessions.ts";

export type NewUser = {
  readonly id: UserId;
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
};
export type NewTenant = {
  readonly id: TenantId;
  readonly name: string;
  readonly timeZone: string;
  readonly wrappedKey: Uint8Array;
  readonly connection: {
    readonly id: ConnectionId;
    readonly name: string;
    readonly settings: Readonly<Record<string, boolean>>;
    readonly ratePerSecond: number;
    readonly sealed: Uint8Array;
  };
  readonly audit: AuditRow;
};
export type Joining = {
  readonly tenantId: TenantId;
  readonly invitationId: InvitationId;
  readonly role: Role;
  readonly audit: AuditRow;
};

export function accountStatements(raw: PlanetScaleDatabase) {
  return {
    async byEmail(email: string) {
      const [row] = await raw
        .select({ id: users.id, email: users.email, name: users.name, passwordHash: users.passwordHash })
        .from(users)
        .where(eq(users.email, email));
      return row;
    },
    async person(userId: UserId): Promise<PersonRow | undefined> {
      const [user] = await raw
        .select({ id: users.id, email: users.email, name: users.name })
        .from(users)
        .where(eq(users.id, userId));
      if (!user) return undefined;
      const joined = await raw
        .select({ tenantId: memberships.tenantId, tenantName: tenants.name, role: memberships.role })
        .from(memberships)
        .innerJoin(tenants, eq(tenants.id, memberships.tenantId))
        .where(eq(memberships.userId, userId))
        .orderBy(asc(memberships.createdAt), asc(memberships.tenantId));
      return { ...user, memberships: joined };
    },
    /** A workspace, its owner, its way out and the first line of its log: all or nothing. Throws ER_DUP_ENTRY for a known address. */
    async createTenant(tenant: NewTenant, owner: UserId | NewUser, now: Date): Promise<void> {
      await raw.transaction(async (tx) => {
        if (typeof owner !== "string") await tx.insert(users).values({ ...owner, createdAt: now });
        await tx.insert(tenants).values({
          id: tenant.id,
          name: tenant.name,
          timeZone: tenant.timeZone,
          wrappedKey: tenant.wrappedKey,
          createdAt: now,
          updatedAt: now,
        });
        const scope = new TenantDb(tx as unknown as PlanetScaleDatabase, tenant.id);
        const userId = typeof owner === "string" ? owner : owner.id;
        await scope.insert(memberships, { userId, role: "owner", createdAt: now });
        await scope.insert(connections, {
          ...tenant.connection,
          kind: "sandbox",
          isDefault: true,
          createdAt: now,
          updatedAt: now,
        });
        await scope.insert(auditLog, tenant.audit);
      });
    },
    /** An invitation that can still be accepted. */
    async openInvitation(tokenHash: Uint8Array, now: Date) {
      const [row] = await raw
        .select({
          tenantId: invitations.tenantId,
          id: invitations.id,
          email: invitations.email,
          role: invitations.role,
        })
        .from(invitations)
        .where(
          and(
            eq(invitations.tokenHash, tokenHash),
            isNull(invitations.acceptedAt),
            gt(invitations.expiresAt, now),
          ),
        );
      return row;
    },
    /** Whether this call was the one that used the invitation up. A member keeps the role they have. */
    async join(joining: Joining, who: UserId | NewUser, now: Date): Promise<boolean> {
      return raw.transaction(async (tx) => {
        const scope = new TenantDb(tx as unknown as PlanetScaleDatabase, joining.tenantId);
        const open = and(eq(invitations.id, joining.invitationId), isNull(invitations.acceptedAt));
        const used = await scope.update(invitations, { acceptedAt: now }, open);
        if (used.rowsAffected === 0) return false;
        if (typeof who !== "string") await tx.insert(users).values({ ...who, createdAt: now });
        const userId = typeof who === "string" ? who : who.id;
        await scope.insertMissing(memberships, { userId, role: joining.role, createdAt: now });
        await scope.insert(auditLog, joining.audit);
        return true;
      });
    },
  };
}
export type AccountStatements = ReturnType<typeof accountStatements>;
