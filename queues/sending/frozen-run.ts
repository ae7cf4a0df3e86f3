/** A run's frozen content, compiled once per isolate: it never changes, so it may be kept. */
import { getRun, type Run } from "#db/repos/runs";
import { getTenant } from "#db/repos/tenants";
import type { RunId, TenantId } from "#domain/ids";
import { type Compiled, compileContent } from "#domain/message/compile";
import type { ChannelPolicy } from "#domain/sending/hold";
import { sendPolicy } from "#domain/sending/policy";
import type { CompiledSms } from "#domain/sms/content";
import { compileSms } from "#domain/sms/content";
import type { Deps } from "../deps.ts";

type Frozen = {
  readonly run: Run;
  readonly tenantName: string;
  /** Caps and quiet hours of the run's channel; null where nothing holds anybody. */
  readonly policy: ChannelPolicy | null;
  readonly holdAtMostHours: number;
  /** The clock of people whose own is not known. */
  readonly tenantZone: string;
};
export type FrozenMail = Frozen & { readonly channel: "email"; readonly compiled: Compiled };
export type FrozenText = Frozen & { readonly channel: "sms"; readonly compiled: CompiledSms };
export type FrozenRun = FrozenMail | FrozenText;

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
  if (kept.size >= maxKept) kept.delete(kept.keys().next().value ?? "");
  const policy = run.policy ? sendPolicy.parse(run.policy) : null;
  const ofChannel = policy?.[run.channel];
  const frozen = {
    ...contentOf(run),
    run,
    tenantName: tenant.name,
    policy: ofChannel && (ofChannel.cap || ofChannel.quiet_hours) ? ofChannel : null,
    holdAtMostHours: policy?.hold_at_most_hours ?? 0,
    tenantZone: tenant.timeZone,
  };
  kept.set(key, frozen);
  return frozen;
}

function contentOf(
  run: Run,
): Pick<FrozenMail, "channel" | "compiled"> | Pick<FrozenText, "channel" | "compiled"> {
  const { trackOpens, trackClicks, optOut } = run;
  if (run.channel === "sms") {
    const compiled = compileSms(run, { trackClicks, optOut });
    if (compiled.ok) return { channel: "sms", compiled: compiled.value };
  } else {
    const compiled = compileContent(run, { trackOpens, trackClicks });
    if (compiled.ok) return { channel: "email", compiled: compiled.value };
  }
  throw new Error(`run ${run.id}: frozen content does not compile`);
}
