/** Imports that should run and that nobody works on. */
import { askToGoOn } from "../consumers/import-contacts.ts";
import type { Deps } from "../deps.ts";

const perSweep = 200;

export async function sweepImports(deps: Pick<Deps, "env" | "system" | "now">): Promise<void> {
  for (const { tenantId, id } of await deps.system.stalledImports(new Date(deps.now()), perSweep))
    await askToGoOn(deps, tenantId, id);
}
