/** A recipient at one of our pages: who they are by their token. */
import type { Context } from "hono";
import type { TenantDb } from "#db/scope";
import { type Purpose, type Verified, verifyToken } from "#domain/tracking/token";
import type { AppEnv } from "../context.ts";

export type Visit = Verified & { readonly scope: TenantDb };

/** Undefined for a token we did not write, or not for this purpose. */
export async function visitOf(c: Context<AppEnv>, purpose: Purpose): Promise<Visit | undefined> {
  const { deps } = c.var;
  const { sign } = await deps.deploymentKey();
  const verified = await verifyToken(sign, purpose, c.req.param("token") ?? "");
  if (!verified) return undefined;
  return {
    ...verified,
    // Where everything is known already, the database is not even opened.
    get scope() {
      return deps.scope(verified.tenantId);
    },
  };
}
