/** Who may pass: asked by every route through its contract. Opens the tenant's scope, and nowhere else does the API. */
import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { TenantId } from "#domain/ids";
import { fail, ok, type Result } from "#domain/result";
import { may, type Permission, type Role } from "#domain/tenant/role";
import { authenticate, type Caller } from "../auth/authenticate.ts";
import { clientAddress } from "../client-address.ts";
import type { AppEnv } from "../context.ts";
import { problem } from "../problem.ts";
import { rateLimited } from "../rate-limit.ts";

export function requirePermission(permission: Permission) {
  return createMiddleware<AppEnv>(async function checkPermission(c, next) {
    const caller = await authenticate(c);
    if (!caller) return problem(c, { kind: "unauthenticated" });
    const place = workplace(c, caller);
    if (!place.ok) return problem(c, place.error);
    const { tenantId, role } = place.value;
    const who = caller.kind === "key" ? caller : { id: caller.person.id, name: caller.person.name };
    c.set("actor", { id: who.id, name: who.name, role, ...clientAddress(c) });
    c.set("tenantId", tenantId);
    c.set("scope", c.var.deps.scope(tenantId));
    if (!may(role, permission)) return problem(c, { kind: "forbidden", needs: permission });
    const limited = await rateLimited(c.env.API_LIMIT, who.id);
    if (limited) return problem(c, limited);
    await next();
  });
}

export function requireSession() {
  return createMiddleware<AppEnv>(async function checkSession(c, next) {
    const caller = await authenticate(c);
    if (caller?.kind !== "person") return problem(c, { kind: "unauthenticated" });
    await next();
  });
}

type Workplace = { readonly tenantId: TenantId; readonly role: Role };

/** The workspace the request is about. One that is not the caller's is answered like one that does not exist. */
function workplace(c: Context<AppEnv>, caller: Caller): Result<Workplace> {
  const named = namedTenant(c);
  if (caller.kind === "key") {
    const foreign = named !== undefined && named !== caller.tenantId;
    return foreign ? notFound : ok({ tenantId: caller.tenantId, role: "api" });
  }
  const { memberships } = caller.person;
  const membership = named === undefined ? memberships[0] : memberships.find((m) => m.tenantId === named);
  return membership ? ok(membership) : notFound;
}

const notFound = fail({ kind: "not_found", what: "workspace" });

/** Browsers set no headers on a WebSocket or a download: there, and only for reading, the query names the workspace. */
function namedTenant(c: Context<AppEnv>): string | undefined {
  const header = c.req.header("x-tenant-id");
  if (header !== undefined || c.req.method !== "GET") return header;
  return c.req.query("tenant_id");
}
