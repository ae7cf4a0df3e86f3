/** A run's frozen content, compiled once per isolate: it never changes, so it may be kept. */
import { getRun, type Run } from "#db/repos/runs";
import { getTenant } from "#db/repos/tenants";
import type { RunId, TenantId } from "#domain/ids";
import { type Compiled, compileContent } from "#domain/message/compile";
import type { ChannelPolicy } from "#domain/sending/hold";
import { sendPolicy } from "#domain/sending/policy";
import type { Deps } from "../deps.ts";

export type FrozenRun = {
  readonly run: Run;
  readonly compiled: Compiled;
  readonly tenantName: string;
  /** Caps and quiet hours of the run's channel; null where nothing holds anybody. */
  readonly policy: ChannelPolicy | null;
  readonly holdAtMostHours: number;
  /** The clock of people whose own is not known. */
  readonly tenantZone: string;
};

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
  const policy = run.policy ? sendPolicy.parse(run.policy) : null;
  const ofChannel = policy?.[run.channel];
  const frozen = {
    run,
    compiled: compiled.value,
    tenantName: tenant.name,
    policy: ofChannel && (ofChannel.cap || ofChannel.quiet_hours) ? ofChannel : null,
    holdAtMostHours: policy?.hold_at_most_hours ?? 0,
    tenantZone: tenant.timeZone,
  };
  kept.set(key, frozen);
  return frozen;
}
