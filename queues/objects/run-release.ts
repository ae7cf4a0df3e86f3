/** Handing out chunks: a bounded number under way, as fast as the connection's limiter allows. */
import { moveCampaign } from "#db/repos/campaigns";
import { skipQueued } from "#db/repos/ledger-books";
import { openRunIds, runState } from "#db/repos/runs";
import type { PauseReason } from "#domain/campaign/state";
import { chunksAllowed } from "#domain/sending/fair-share";
import { attemptName, type SendChunk } from "../messages.ts";
import type { RunContext } from "./run-context.ts";
import { settleRun } from "./run-finish.ts";
import { drawStep } from "./run-freeze.ts";
import { standstill } from "./run-standstill.ts";
import { troubled } from "./run-trouble.ts";
import { type Heard, type Pick, pickWay, takeBackRepaired, waysOf } from "./run-ways.ts";

const skipPage = 5_000;

export async function releaseChunks(context: RunContext): Promise<number | undefined> {
  await takeBackRepaired(context);
  const stop = troubled(context) ?? standstill(await waysOf(context), context.deps.now());
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
  const heard: Heard = new Map();
  const allowed = chunksAllowed(settings, (await openRunIds(deps.scope(identity.tenantId))).length);
  let waitMs = 0;
  while (plan.leased() < allowed) {
    const chunk = plan.next(deps.now());
    if (!chunk) break;
    const name = attemptName(identity.runId, chunk.n, chunk.attempt + 1);
    const picked = await wayFor(context, heard, { want: Math.max(1, chunk.due), attempt: name });
    if (!picked.grant) {
      waitMs = picked.waitMs;
      break;
    }
    const attempt = plan.lease(chunk.n, deps.now() + settings.leaseMs);
    context.save();
    const message: SendChunk = {
      v: 1,
      kind: "send.chunk",
      ...identity,
      connectionId: picked.connectionId,
      chunk: chunk.n,
      attempt,
      after: chunk.after,
      upTo: chunk.upTo,
      limit: picked.grant.granted,
      budgets: picked.grant.budgets,
    };
    // Lost or doubled, this message costs nothing: the lease brings it back, the ledger's claim sorts out twins.
    await deps.env.SEND_QUEUE.send(message);
  }
  if (plan.isSettled()) return undefined;
  const dueMs = plan.wakeAtMs() ?? deps.now() + settings.leaseMs;
  if (plan.leased() >= allowed) return deps.now() + settings.leaseMs;
  return Math.max(dueMs, deps.now() + waitMs);
}

/** A cancelled run sends nothing more: what is healed needs no grant, and any connection's consumer heals the others'. */
async function wayFor(
  context: RunContext,
  heard: Heard,
  wanted: { readonly want: number; readonly attempt: string },
): Promise<Pick> {
  const { progress } = context;
  if (!progress.windingUp) return pickWay(context, heard, wanted);
  const grant = { granted: Math.max(1, wanted.want), waitMs: 0, waitsFor: null, budgets: {} };
  return { connectionId: progress.identity.connectionId, grant };
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
    // The sweep ends the pause should this object have forgotten it.
    resumeAt: resumeAtMs === null ? null : new Date(resumeAtMs),
  });
  // Somebody else's pause stays theirs: only our own ends by itself.
  context.progress = { ...context.progress, waiting: null, resumeAtMs: won ? resumeAtMs : null };
  context.save();
  context.deps.log("run.paused", { run: runId, reason });
  return won ? (resumeAtMs ?? undefined) : context.deps.now();
}
