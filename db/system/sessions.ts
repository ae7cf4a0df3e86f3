/** Sessions: looked up by the hash of a secret, before any tenant is known. */
import { asc, eq, lte } from "drizzle-orm";
import type { PlanetScaleDatabase } from "drizzle-orm/planetscale-serverless";
import type { TenantId, UserId } from "#domain/ids";
import type { Role } from "#domain/tenant/role";
import { memberships, sessions, tenants, users } from "../schema/tenants.ts";

export type SessionRow = { readonly id: string; readonly userId: UserId; readonly expiresAt: Date };
export type PersonRow = {
  readonly id: UserId;
  readonly email: string;
  readonly name: string;
  readonly memberships: readonly {
    readonly tenantId: TenantId;
    readonly tenantName: string;
    readonly role: Role;
  }[];
};

export function sessionStatements(raw: PlanetScaleDatabase) {
  return {
    /** The session, its person and all their memberships in one statement, since every request asks for them. */
    async find(hash: string): Promise<{ session: SessionRow; person: PersonRow } | undefined> {
      const rows = await raw
        .select({
          id: sessions.id,
          expiresAt: sessions.expiresAt,
          userId: users.id,
          email: users.email,
          name: users.name,
          tenantId: memberships.tenantId,
          role: memberships.role,
          tenantName: tenants.name,
        })
        .from(sessions)
        .innerJoin(users, eq(users.id, sessions.userId))
        .leftJoin(memberships, eq(memberships.userId, sessions.userId))
        .leftJoin(tenants, eq(tenants.id, memberships.tenantId))
        .where(eq(sessions.id, hash))
        .orderBy(asc(memberships.createdAt), asc(memberships.tenantId));
      const [first] = rows;
      if (!first) return undefined;
      return {
        session: { id: first.id, userId: first.userId, expiresAt: first.expiresAt },
        person: {
          id: first.userId,
          email: first.email,
          name: first.name,
          memberships: rows.flatMap(({ tenantId, tenantName, role }) =>
            tenantId && tenantName !== null && role ? [{ tenantId, tenantName, role }] : [],
          ),
        },
      };
    },
    async ofUser(userId: UserId): Promise<SessionRow[]> {
      return raw
        .select({ id: sessions.id, userId: sessions.userId, expiresAt: sessions.expiresAt })
        .from(sessions)
        .where(eq(sessions.userId, userId));
    },
    async insert(row: SessionRow, createdAt: Date): Promise<void> {
      await raw.insert(sessions).values({ ...row, createdAt });
    },
    async extend(hash: string, expiresAt: Date): Promise<void> {
      await raw.update(sessions).set({ expiresAt }).where(eq(sessions.id, hash));
    },
    async remove(hash: string): Promise<void> {
      await raw.delete(sessions).where(eq(sessions.id, hash));
    },
    async removeOfUser(userId: UserId): Promise<void> {
      await raw.delete(sessions).where(eq(sessions.userId, userId));
    },
    async removeExpired(now: Date): Promise<void> {
      await raw.delete(sessions).where(lte(sessions.expiresAt, now));
    },
  };
}
export type SessionStatements = ReturnType<typeof sessionStatements>;
