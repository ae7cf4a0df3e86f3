/** Contracts: sign-up, login, logout, who am I, invitations. */
import { createRoute, z } from "@hono/zod-openapi";
import { roles } from "#domain/tenant/role";
import { body, idSchema, json, needsSession, noContent, open, refusals } from "../contract.ts";

const email = z.string().trim().max(254).openapi({ example: "maria@shop.example" });
const password = z.string().min(10, "at least 10 characters").max(200);

export const meSchema = z
  .object({
    user: z.object({ id: idSchema("usr"), email: z.string(), name: z.string() }),
    tenants: z.array(z.object({ id: idSchema("ten"), name: z.string(), role: z.enum(roles) })),
  })
  .openapi("Me");

export const signup = createRoute({
  method: "post",
  path: "/v1/auth/signup",
  tags: ["Auth"],
  summary: "Create an account and its first workspace",
  description:
    "Sets the session cookie. The workspace gets a sandbox connection, so that a first campaign can be sent at once.",
  ...open(),
  request: body(
    z.object({
      email,
      password,
      name: z.string().trim().min(1).max(120),
      tenant_name: z.string().trim().min(1).max(120),
      time_zone: z.string().max(64).default("UTC"),
    }),
  ),
  responses: { 201: json(meSchema, "Signed up and signed in"), ...refusals },
});

export const login = createRoute({
  method: "post",
  path: "/v1/auth/login",
  tags: ["Auth"],
  summary: "Sign in",
  ...open(),
  request: body(z.object({ email, password: z.string().max(200) })),
  responses: { 200: json(meSchema, "Signed in; the session cookie is set"), ...refusals },
});

export const logout = createRoute({
  method: "post",
  path: "/v1/auth/logout",
  tags: ["Auth"],
  summary: "Sign out; the session is gone at once",
  ...open(),
  responses: { 204: noContent, ...refusals },
});

export const me = createRoute({
  method: "get",
  path: "/v1/me",
  tags: ["Auth"],
  summary: "The signed-in person and their workspaces",
  ...needsSession(),
  responses: { 200: json(meSchema, "You"), ...refusals },
});

export const createTenant = createRoute({
  method: "post",
  path: "/v1/tenants",
  tags: ["Auth"],
  summary: "Create another workspace, as its owner",
  ...needsSession(),
  request: body(
    z.object({ name: z.string().trim().min(1).max(120), time_zone: z.string().max(64).default("UTC") }),
  ),
  responses: { 201: json(meSchema, "Created"), ...refusals },
});

export const acceptInvitation = createRoute({
  method: "post",
  path: "/v1/invitations/accept",
  tags: ["Auth"],
  summary: "Join a workspace",
  description:
    "Somebody without an account gives a name and a password and gets one; somebody with one gives their password.",
  ...open(),
  request: body(
    z.object({ token: z.string().min(20).max(100), name: z.string().trim().max(120).default(""), password }),
  ),
  responses: { 200: json(meSchema, "Joined and signed in"), ...refusals },
});
