/** Contracts: members and invitations. */
import { createRoute, z } from "@hono/zod-openapi";
import { roles } from "#domain/tenant/role";
import { body, idParam, idSchema, json, moment, needs, noContent, refusals } from "../contract.ts";

export const memberSchema = z
  .object({
    user_id: idSchema("usr"),
    email: z.string(),
    name: z.string(),
    role: z.enum(roles),
    created_at: moment,
  })
  .openapi("Member");
export const invitationSchema = z
  .object({ id: idSchema("inv"), email: z.string(), role: z.enum(roles), expires_at: moment })
  .openapi("Invitation");
const assignable = z.enum(["admin", "editor", "viewer"]);
export const listMembers = createRoute({
  method: "get",
  path: "/v1/members",
  tags: ["Settings"],
  summary: "Members and open invitations",
  ...needs("members.read"),
  responses: {
    200: json(z.object({ data: z.array(memberSchema), invitations: z.array(invitationSchema) }), "Members"),
    ...refusals,
  },
});
export const inviteMember = createRoute({
  method: "post",
  path: "/v1/members/invitations",
  tags: ["Settings"],
  summary: "Invite somebody",
  description: "Answers with a link to hand over; it is shown this once and works for seven days.",
  ...needs("members.write"),
  request: body(z.object({ email: z.string().trim().max(254), role: assignable })),
  responses: { 201: json(invitationSchema.extend({ accept_url: z.string() }), "Invited"), ...refusals },
});
export const revokeInvitation = createRoute({
  method: "delete",
  path: "/v1/members/invitations/{id}",
  tags: ["Settings"],
  summary: "Take an invitation back",
  ...needs("members.write"),
  request: { params: idParam("inv") },
  responses: { 204: noContent, ...refusals },
});
export const changeMemberRole = createRoute({
  method: "patch",
  path: "/v1/members/{id}",
  tags: ["Settings"],
  summary: "Change a member's role",
  description: "Owners are made and unmade by owners alone; the last owner cannot step down.",
  ...needs("members.write"),
  request: {
    params: idParam("usr"),
    ...body(z.object({ role: z.enum(["owner", "admin", "editor", "viewer"]) })),
  },
  responses: { 200: json(memberSchema, "Changed"), ...refusals },
});
export const removeMember = createRoute({
  method: "delete",
  path: "/v1/members/{id}",
  tags: ["Settings"],
  summary: "Remove a member",
  ...needs("members.write"),
  request: { params: idParam("usr") },
  responses: { 204: noContent, ...refusals },
});
