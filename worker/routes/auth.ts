/** Sign-up, login, logout, who am I, another workspace, accepting an invitation. */
import type { Context } from "hono";
import type { UserId } from "#domain/ids";
import { addWorkspace, logIn, signUp } from "../auth/accounts.ts";
import { accept } from "../auth/invitation.ts";
import { endSession, startSession } from "../auth/session.ts";
import { clientAddress } from "../client-address.ts";
import type { AppEnv, Person } from "../context.ts";
import { problem } from "../problem.ts";
import { createRouter } from "../router.ts";
import * as contract from "./auth.schema.ts";

export const auth = createRouter();

auth.openapi(contract.signup, async (c) => {
  const out = await signUp(c.var.deps, c.req.valid("json"), clientAddress(c).ip);
  return out.ok ? c.json(await signedIn(c, out.value), 201) : problem(c, out.error);
});

auth.openapi(contract.login, async (c) => {
  const out = await logIn(c.var.deps, c.req.valid("json"), clientAddress(c).ip);
  return out.ok ? c.json(await signedIn(c, out.value), 200) : problem(c, out.error);
});

auth.openapi(contract.logout, async (c) => {
  const { cookie } = await endSession(c.var.deps, c.req.header("cookie"));
  c.header("set-cookie", cookie, { append: true });
  return c.body(null, 204);
});

auth.openapi(contract.me, (c) => c.json(meOf(c.var.person), 200));

auth.openapi(contract.createTenant, async (c) => {
  const owner = { ...c.var.person, ip: clientAddress(c).ip };
  const out = await addWorkspace(c.var.deps, c.req.valid("json"), owner);
  return out.ok ? c.json(await me(c, out.value), 201) : problem(c, out.error);
});

auth.openapi(contract.acceptInvitation, async (c) => {
  const out = await accept(c.var.deps, c.req.valid("json"), clientAddress(c).ip);
  return out.ok ? c.json(await signedIn(c, out.value), 200) : problem(c, out.error);
});

/** Starts a session; the one the browser may have had before ends. */
async function signedIn(c: Context<AppEnv>, userId: UserId) {
  await endSession(c.var.deps, c.req.header("cookie"));
  const { cookie } = await startSession(c.var.deps, userId);
  c.header("set-cookie", cookie, { append: true });
  return me(c, userId);
}

async function me(c: Context<AppEnv>, userId: UserId) {
  const person = await c.var.deps.system.accounts.person(userId);
  if (!person) throw new Error(`no user ${userId}, who was there a moment ago`);
  return meOf(person);
}

function meOf({ id, email, name, memberships }: Person) {
  return {
    user: { id, email, name },
    tenants: memberships.map((m) => ({ id: m.tenantId, name: m.tenantName, role: m.role })),
  };
}
