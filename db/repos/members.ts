/** Who works in a workspace, and who was asked to. */
import { and, asc, eq, gt, isNull } from "drizzle-orm";
import type { InvitationId, UserId } from "#domain/ids";
import type { Role } from "#domain/tenant/role";
import { invitations, memberships, users } from "../schema/tenants.ts";
import type { TenantDb } from "../scope.ts";

export type Member = {
  readonly userId: UserId;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: Date;
};
export type Invitation = {
  readonly id: InvitationId;
  readonly email: string;
  readonly role: Role;
  readonly expiresAt: Date;
};

const shownMember = {
  userId: memberships.userId,
  email: users.email,
  name: users.name,
  role: memberships.role,
  createdAt: memberships.createdAt,
};
const shownInvitation = {
  id: invitations.id,
  email: invitations.email,
  role: invitations.role,
  expiresAt: invitations.expiresAt,
};

export async function listMembers(scope: TenantDb): Promise<Member[]> {
  return scope
    .pick(shownMember, memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .orderBy(asc(memberships.createdAt), asc(memberships.userId));
}

export async function findMember(scope: TenantDb, userId: UserId): Promise<Member | undefined> {
  const [row] = await scope
    .pick(shownMember, memberships, eq(memberships.userId, userId))
    .innerJoin(users, eq(users.id, memberships.userId));
  return row;
}

export async function memberByEmail(scope: TenantDb, email: string): Promise<Member | undefined> {
  const [row] = await scope
    .pick(shownMember, memberships)
    .innerJoin(users, and(eq(users.id, memberships.userId), eq(users.email, email)));
  return row;
}

/** Locks the owners until the transaction ends, so that two of them cannot step down at once. */
export async function lockOwners(scope: TenantDb): Promise<UserId[]> {
  const rows = await scope
    .pick({ userId: memberships.userId }, memberships, eq(memberships.role, "owner"))
    .for("update");
  return rows.map((row) => row.userId);
}

export async function changeRole(scope: TenantDb, userId: UserId, role: Role): Promise<void> {
  await scope.update(memberships, { role }, eq(memberships.userId, userId));
}

export async function removeMember(scope: TenantDb, userId: UserId): Promise<void> {
  await scope.delete(memberships, eq(memberships.userId, userId));
}

export async function listInvitations(scope: TenantDb, now: Date): Promise<Invitation[]> {
  const open = and(isNull(invitations.acceptedAt), gt(invitations.expiresAt, now));
  return scope.pick(shownInvitation, invitations, open).orderBy(asc(invitations.id));
}

/** An address has one invitation at most; a new one makes the link of the old one worthless. */
export async function replaceInvitation(
  scope: TenantDb,
  invitation: Invitation & {
    readonly tokenHash: Uint8Array;
    readonly invitedBy: UserId;
    readonly createdAt: Date;
  },
): Promise<void> {
  await scope.delete(invitations, eq(invitations.email, invitation.email));
  await scope.insert(invitations, { ...invitation, acceptedAt: null });
}

/** The invitation that was taken back; undefined where none was open. */
export async function removeInvitation(scope: TenantDb, id: InvitationId): Promise<Invitation | undefined> {
  const open = and(eq(invitations.id, id), isNull(invitations.acceptedAt));
  const [row] = await scope.pick(shownInvitation, invitations, open).for("update");
  if (row) await scope.delete(invitations, eq(invitations.id, id));
  return row;
}
