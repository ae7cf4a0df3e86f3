/** Where the counted links of a run lead: frozen with its content, so what was read once stays true. */
import { linkTable } from "#db/repos/recipients";
import type { TenantDb } from "#db/scope";
import type { RunId, TenantId } from "#domain/ids";

const tables = new Map<string, readonly string[]>();
const maxTables = 500;

type Where = { readonly tenantId: TenantId; readonly position: number | null };

/**
 * Only what was frozen at launch: whatever the request says, it cannot name another address. `scopeOf` is asked where
 * the table is not yet known here.
 */
export async function frozenUrl(
  { tenantId, position }: Where,
  runId: RunId,
  scopeOf: (tenantId: TenantId) => TenantDb,
): Promise<string | undefined> {
  if (position === null) return undefined;
  const key = `${tenantId}:${runId}`;
  let table = tables.get(key);
  if (!table) {
    table = await linkTable(scopeOf(tenantId), runId);
    if (tables.size >= maxTables) tables.delete(tables.keys().next().value ?? "");
    // A name that leads nowhere is not worth keeping: anybody can make one up.
    if (table.length > 0) tables.set(key, table);
  }
  return table[position];
}
