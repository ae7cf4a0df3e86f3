/** The way to a connection's limiter. */
import { type ConnectionRow, findConnection } from "#db/repos/connections";
import type { ConnectionId, TenantId } from "#domain/ids";
import type { Ask, Grant, Terms } from "#domain/sending/gate";
import type { Deps } from "../deps.ts";

/** One per tenant and connection: everything that sends by the same account waits at the same gate. */
export function limiterOf(deps: Pick<Deps, "env">, tenantId: TenantId, connectionId: ConnectionId) {
  return deps.env.CONNECTION_LIMITER.getByName(`${tenantId}:${connectionId}`);
}

export const termsOf = ({ ratePerSecond, warmUp }: ConnectionRow): Terms => ({ ratePerSecond, warmUp });

/** Asks the connection's limiter; one that has lost its storage is told the connection's terms first. Undefined: no such connection. */
export async function takeFrom(
  deps: Pick<Deps, "env" | "scope">,
  tenantId: TenantId,
  connectionId: ConnectionId,
  wanted: Ask,
): Promise<Grant | undefined> {
  const limiter = limiterOf(deps, tenantId, connectionId);
  const grant = await limiter.take(wanted);
  if (grant) return grant;
  const row = await findConnection(deps.scope(tenantId), connectionId);
  if (!row) return undefined;
  await limiter.configure(termsOf(row));
  return (await limiter.take(wanted)) ?? undefined;
}
