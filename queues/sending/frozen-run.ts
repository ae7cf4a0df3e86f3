/** A run's frozen content, compiled once per isolate: it never changes, so it may be kept. */
import { getRun, type Run } from "#db/repos/runs";
import { getTenant } from "#db/repos/tenants";
import type { RunId, TenantId } from "#domain/ids";
import { type Compiled, compileContent } from "#domain/message/compile";
import type { Deps } from "../deps.ts";

export type FrozenRun = { readonly run: Run; readonly compiled: Compiled; readonly tenantName: string };

const kept = new Map<string, FrozenRun>();
const maxKept = 20;

/** Undefined when there is no such run. Throws when frozen content does not compile: launch has checked that it does. */
export async function frozenRun(
  deps: Deps,
  tenantId: TenantId,
  runId: RunId,
): Promise<FrozenRun | undefined> {
  const key = `${tenantId}:${runId}`;
  const known = kept.get(key);
  if (known) return known;
  const scope = deps.scope(tenantId);
  const [run, tenant] = await Promise.all([getRun(scope, runId), getTenant(scope)]);
  if (!run) return undefined;
  const compiled = compileContent(run, { trackOpens: run.trackOpens, trackClicks: run.trackClicks });
  if (!compiled.ok) throw new Error(`run ${runId}: frozen content does not compile`);
  if (kept.size >= maxKept) kept.delete(kept.keys().next().value ?? "");
  const frozen = { run, compiled: compiled.value, tenantName: tenant.name };
  kept.set(key, frozen);
  return frozen;
}
