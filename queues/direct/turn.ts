/** A transactional message's turn at its connection: before any campaign, and paid for by those who can wait. */
import type { ConnectionId, TenantId } from "#domain/ids";
import type { Deps } from "../deps.ts";
import { takeFrom } from "../providers/limiter.ts";

/** How long to wait; 0: now. */
export async function waitForTurn(
  deps: Pick<Deps, "env" | "scope">,
  tenantId: TenantId,
  connectionId: ConnectionId,
): Promise<number> {
  const grant = await takeFrom(deps, tenantId, connectionId, { want: 1, isDirect: true });
  return grant?.waitMs ?? 0;
}
