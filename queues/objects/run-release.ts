/** Handing out chunks: a bounded number under way, as fast as the connection's limiter allows. */
import { moveCampaign } from "#db/repos/campaigns";
import { skipQueued } from "#db/repos/ledger-books";
import { runState } from "#db/repos/runs";
import type { PauseReason } from "#domain/campaign/state";
import { mustPause, pauseDetail } from "#domain/sending/health";
import type { SendChunk } from "../messages.ts";
import { limiterOf } from "../providers/limiter.ts";
import type { RunContext } from "./run-context.ts";
import { settleRun } from "./run-finish.ts";
import { drawStep } from "./run-freeze.ts";

const maxUnavailable = 10;
const skipPage = 5_000;

export async function releaseChunks(context: RunContext): Promise<number | undefined> {
  const stop = standstill(context);
  if (stop) return pause(context, stop.reason, stop.detail, stop.resumeAtMs);
  const wakeAtMs = await handOut(context);
  return wakeAtMs ?? settleRun(context);
}

/** A cancelled run: what was never tried is skipped; what was under way is still recorded, or found dead and healed. */
export async function windUp(context: RunContext): Promise<number | undefined> {
  const { deps } = context;
  const { tenantId, runId } = context.progress.identity;
  if ((await skipQueued(deps.scope(tenantId), runId, "cancelled", skipPage)) > 0) return deps.now();
  if (!context.progress.frozen && (await runState(deps.scope(tenantId), runId))?.frozenAt)
    return drawStep(context);
  if (!context.progress.windingUp) {
    context.plan.settleAll();
    context.progress = { ...context.progress, windingUp: true };
    context.save();
  }
  return (await handOut(context)) ?? settleRun(context);
}

/** Releases what is due and may go; undefined when no chunk is waiting or under way. */
async function handOut(context: RunContext): Promise<number | undefined> {
  const { deps, plan, settings } = context;
  const { identity } = context.progress;
  plan.expire(deps.now());
  const limiter = limiterOf(deps, identity.tenantId, identity.connectionId);
  let waitMs = 0;
  while (plan.counts().leased < settings.chunksInFlight) {
    const chunk = plan.next(deps.now());
    if (!chunk) break;
    const grant = await limiter.take(chunk.due);
    if (!grant.granted) {
      waitMs = grant.waitMs;
      break;
    }
    const attempt = plan.lease(chunk.n, deps.now() + settings.leaseMs);
    context.save();
    const message: SendChunk = {
      v: 1,
      kind: "send.chunk",
      ...identity,
      chunk: chunk.n,
      attempt,
      after: chunk.after,
      upTo: chunk.upTo,
    };
    // Lost or doubled, this message costs nothing: the lease brings it back, the ledger's claim sorts out twins.
    await deps.env.SEND_QUEUE.send(message);
  }
  const { pending, leased } = plan.counts();
  if (pending === 0 && leased === 0) return undefined;
  const dueMs = plan.wakeAtMs() ?? deps.now() + settings.leaseMs;
  if (leased >= settings.chunksInFlight) return deps.now() + settings.leaseMs;
  return Math.max(dueMs, deps.now() + waitMs);
}

type Stop = NonNullable<RunContext["progress"]["stop"]>;
function standstill(context: RunContext): Stop | undefined {
  const { attempted, refused, unavailable, stop } = context.progress;
  if (stop) return stop;
  const health = { attempted, failed: refused };
  if (mustPause(health)) return { reason: "error_threshold", detail: pauseDetail(health), resumeAtMs: null };
  if (unavailable >= maxUnavailable)
    return {
      reason: "provider_refused",
      detail: `The provider could not be reached ${unavailable} times in a row.`,
      resumeAtMs: null,
    };
  return undefined;
}

/** Stops the run by itself and says why; `resumeAtMs` lets a spent quota end its own pause. */
export async function pause(
  context: RunContext,
  reason: PauseReason,
  detail: string,
  resumeAtMs: number | null = null,
): Promise<number | undefined> {
  const { tenantId, campaignId, runId } = context.progress.identity;
  const scope = context.deps.scope(tenantId);
  const won = await moveCampaign(scope, campaignId, "sending", "paused", new Date(context.deps.now()), {
    pauseReason: reason,
    pauseDetail: detail.slice(0, 500),
  });
  // Somebody else's pause stays theirs: only our own ends by itself.
  context.progress = { ...context.progress, stop: null, resumeAtMs: won ? resumeAtMs : null };
  context.save();
  context.deps.log("run.paused", { run: runId, reason });
  return won ? (resumeAtMs ?? undefined) : context.deps.now();
}
