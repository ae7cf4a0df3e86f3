/** From a request's credential to who asks. A key speaks for one workspace; a person may belong to several. */
import type { Context } from "hono";
import { touchApiKey } from "#db/repos/api-keys";
import type { ApiKeyId, TenantId } from "#domain/ids";
import type { AppEnv, Person } from "../context.ts";
import { apiKeyHash } from "./api-key.ts";
import { readSession } from "./session.ts";

export type Caller =
  | { readonly kind: "person"; readonly person: Person }
  | { readonly kind: "key"; readonly id: ApiKeyId; readonly name: string; readonly tenantId: TenantId };

const touchEveryMs = 60_000;

/** Undefined where there is no valid credential. A bearer token, once given, is the only one looked at. */
export async function authenticate(c: Context<AppEnv>): Promise<Caller | undefined> {
  const authorization = c.req.header("authorization");
  return authorization === undefined ? bySession(c) : byKey(c, authorization);
}

async function bySession(c: Context<AppEnv>): Promise<Caller | undefined> {
  const session = await readSession(c.var.deps, c.req.header("cookie"));
  if (!session) return undefined;
  c.set("person", session.person);
  if (session.cookie) c.set("renewedCookie", session.cookie);
  return { kind: "person", person: session.person };
}

async function byKey(c: Context<AppEnv>, authorization: string): Promise<Caller | undefined> {
  const { system, scope, now } = c.var.deps;
  const [scheme, token] = authorization.split(" ", 2);
  const hash = scheme?.toLowerCase() === "bearer" && token ? await apiKeyHash(token) : undefined;
  const key = hash && (await system.apiKeys.find(hash));
  if (!key) return undefined;
  // Once a minute is as exact as "last used" has to be, and spares a write per request.
  if (!key.lastUsedAt || now() - key.lastUsedAt.getTime() > touchEveryMs)
    await touchApiKey(scope(key.tenantId), key.id, new Date(now()));
  return { kind: "key", id: key.id, name: key.name, tenantId: key.tenantId };
}
