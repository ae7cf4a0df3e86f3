/** The way to a connection's limiter. */
import type { ConnectionId, TenantId } from "#domain/ids";
import type { Deps } from "../deps.ts";

/** One per tenant and connection: everything that sends by the same account waits at the same bucket. */
export function limiterOf(deps: Pick<Deps, "env">, tenantId: TenantId, connectionId: ConnectionId) {
  return deps.env.CONNECTION_LIMITER.getByName(`${tenantId}:${connectionId}`);
}
