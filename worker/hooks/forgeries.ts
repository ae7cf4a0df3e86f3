/** Counts reports with wrong signatures: whoever forges a million of them costs a handful of statements. */
import { countForgeries } from "#db/repos/hook-payloads";
import type { ConnectionId, TenantId } from "#domain/ids";
import type { ProviderKind } from "#domain/sending/provider";
import type { Deps } from "#queues/deps";

type Later = (work: Promise<unknown>) => void;

const pending = new Map<ConnectionId, number>();
/** An isolate writes once per connection in this time, however many come. */
export const gatherMs = 2_000;

export function noteForgery(
  deps: Deps,
  forged: { readonly tenantId: TenantId; readonly id: ConnectionId; readonly kind: ProviderKind },
  later: Later,
): void {
  deps.env.METRICS.writeDataPoint({
    indexes: ["hook.bad_signature"],
    blobs: ["hook.bad_signature", forged.kind],
    doubles: [1],
  });
  const known = pending.get(forged.id);
  pending.set(forged.id, (known ?? 0) + 1);
  if (known === undefined) later(writeSoon(deps, forged.tenantId, forged.id));
}

async function writeSoon(deps: Deps, tenantId: TenantId, id: ConnectionId): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, gatherMs));
  const count = pending.get(id) ?? 0;
  pending.delete(id);
  try {
    await countForgeries(deps.scope(tenantId), id, count, new Date(deps.now()));
  } catch (error) {
    deps.log("hook.forgeries_uncounted", { connection: id, count, error: String(error) });
  }
}
