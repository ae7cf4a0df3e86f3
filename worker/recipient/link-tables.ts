/** Where the counted links of a run lead: frozen with its content, so what was read once stays true. */
import { linkTable } from "#db/repos/recipients";
import type { RunId } from "#domain/ids";
import type { Deps } from "#queues/deps";
import type { Visit } from "./visit.ts";

const tables = new Map<string, readonly string[]>();
const maxTables = 500;

/** Only what was frozen at launch: whatever the request says, it cannot name another address. */
export async function frozenUrl(
  deps: Pick<Deps, "log">,
  visit: Visit,
  runId: RunId,
): Promise<string | undefined> {
  const { position } = visit;
  if (position === null) return undefined;
  const key = `${visit.tenantId}:${runId}`;
  let table = tables.get(key);
  if (!table) {
    table = await linkTable(visit.scope, runId);
    if (tables.size >= maxTables) tables.delete(tables.keys().next().value ?? "");
    // A name that leads nowhere is not worth keeping: anybody can make one up.
    if (table.length > 0) tables.set(key, table);
  }
  if (!table[position]) deps.log("click.no_such_link", { run: runId, position });
  return table[position];
}
