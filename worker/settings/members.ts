/** Inviting, promoting and removing members. */
import {
  changeRole,
  findMember,
  type Invitation,
  lockOwners,
  type Member,
  memberByEmail,
  removeInvitation,
  removeMember,
  replaceInvitation,
} from "#db/repos/members";
import type { TenantDb } from "#db/scope";
import { inTransaction } from "#db/transaction";
import { normalizeEmail } from "#domain/contact/address";
import type { InvitationId, UserId } from "#domain/ids";
import { fail, ok, type Result } from "#domain/result";
import { mayChangePlace } from "#domain/tenant/membership";
import type { Role } from "#domain/tenant/role";
import { audit } from "../audit.ts";
import { badEmail } from "../auth/accounts.ts";
import { invitationLifeMs, newInvitationToken } from "../auth/invitation.ts";
import type { Act } from "./act.ts";

export type Invited = Invitation & { readonly acceptUrl: string };

export async function invite(
  { scope, deps, actor }: Act,
  input: { readonly email: string; readonly role: Role },
  invitedBy: UserId,
): Promise<Result<Invited>> {
  const email = normalizeEmail(input.email);
  if (!email) return badEmail;
  if (await memberByEmail(scope, email))
    return fail({ kind: "taken", what: "The membership of this address", pointer: "/email" });
  const { token, hash } = await newInvitationToken(deps.random);
  const createdAt = new Date(deps.now());
  const expiresAt = new Date(createdAt.getTime() + invitationLifeMs);
  const invitation = { id: deps.newId("inv"), email, role: input.role, expiresAt };
  await inTransaction(scope, async (tx) => {
    await replaceInvitation(tx, { ...invitation, tokenHash: hash, invitedBy, createdAt });
    const after = { email, role: input.role };
    await audit(tx, deps, actor, { action: "invitation.create", subject: invitation.id, after });
  });
  return ok({ ...invitation, acceptUrl: `${deps.publicOrigin}/invite?token=${token}` });
}

export async function takeBackInvitation(
  { scope, deps, actor }: Act,
  id: InvitationId,
): Promise<Result<undefined>> {
  return inTransaction(scope, async (tx) => {
    const removed = await removeInvitation(tx, id);
    if (!removed) return fail({ kind: "not_found", what: "invitation" });
    const before = { email: removed.email, role: removed.role };
    await audit(tx, deps, actor, { action: "invitation.revoke", subject: id, before });
    return ok();
  });
}

export async function giveRole(act: Act, userId: UserId, role: Role): Promise<Result<Member>> {
  return inTransaction(act.scope, async (tx) => {
    const member = await permittedMember(tx, act, userId, role);
    if (!member.ok) return member;
    await changeRole(tx, userId, role);
    await audit(tx, act.deps, act.actor, {
      action: "member.role",
      subject: userId,
      before: { role: member.value.role },
      after: { role },
    });
    return ok({ ...member.value, role });
  });
}

export async function expel(act: Act, userId: UserId): Promise<Result<undefined>> {
  return inTransaction(act.scope, async (tx) => {
    const member = await permittedMember(tx, act, userId, null);
    if (!member.ok) return member;
    await removeMember(tx, userId);
    const before = { email: member.value.email, role: member.value.role };
    await audit(tx, act.deps, act.actor, { action: "member.remove", subject: userId, before });
    return ok();
  });
}

async function permittedMember(
  tx: TenantDb,
  { actor }: Act,
  userId: UserId,
  to: Role | null,
): Promise<Result<Member>> {
  const owners = await lockOwners(tx);
  const member = await findMember(tx, userId);
  if (!member) return fail({ kind: "not_found", what: "member" });
  const verdict = mayChangePlace({ by: actor.role, member, to, owners });
  return verdict.ok ? ok(member) : verdict;
}
