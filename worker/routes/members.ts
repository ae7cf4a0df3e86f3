/** Members of a workspace and invitations to it. */
import { type Invitation, listInvitations, listMembers, type Member } from "#db/repos/members";
import { problem } from "../problem.ts";
import { createRouter } from "../router.ts";
import { expel, giveRole, invite, takeBackInvitation } from "../settings/members.ts";
import * as contract from "./members.schema.ts";

export const members = createRouter();

members.openapi(contract.listMembers, async (c) => {
  const { scope, deps } = c.var;
  const [people, open] = await Promise.all([
    listMembers(scope),
    listInvitations(scope, new Date(deps.now())),
  ]);
  return c.json({ data: people.map(memberJson), invitations: open.map(invitationJson) }, 200);
});

members.openapi(contract.inviteMember, async (c) => {
  const out = await invite(c.var, c.req.valid("json"), c.var.person.id);
  if (!out.ok) return problem(c, out.error);
  return c.json({ ...invitationJson(out.value), accept_url: out.value.acceptUrl }, 201);
});

members.openapi(contract.revokeInvitation, async (c) => {
  const out = await takeBackInvitation(c.var, c.req.valid("param").id);
  return out.ok ? c.body(null, 204) : problem(c, out.error);
});

members.openapi(contract.changeMemberRole, async (c) => {
  const out = await giveRole(c.var, c.req.valid("param").id, c.req.valid("json").role);
  return out.ok ? c.json(memberJson(out.value), 200) : problem(c, out.error);
});

members.openapi(contract.removeMember, async (c) => {
  const out = await expel(c.var, c.req.valid("param").id);
  return out.ok ? c.body(null, 204) : problem(c, out.error);
});

function memberJson({ userId, email, name, role, createdAt }: Member) {
  return { user_id: userId, email, name, role, created_at: createdAt.toISOString() };
}

function invitationJson({ id, email, role, expiresAt }: Invitation) {
  return { id, email, role, expires_at: expiresAt.toISOString() };
}
