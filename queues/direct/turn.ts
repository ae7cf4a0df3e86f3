/** A transactional message's turn at its connection. */
import type { ConnectionId, TenantId } from "#domain/ids";
import type { Deps } from "../deps.ts";

/** How long to wait; 0: now. */
export async function waitForTurn(
  _deps: Pick<Deps, "env" | "scope">,
  _tenantId: TenantId,
  _connectionId: ConnectionId,
): Promise<number> {
  return 0;
}
