/** Acts on campaigns: launch, schedule, pause, resume, cancel, and decisions about what failed. */

import type { Context } from "hono";
import { moveCampaign } from "#db/repos/campaigns";
import { moveAll } from "#db/repos/ledger-books";
import { getRun, markFinished } from "#db/repos/runs";
import { inTransaction } from "#db/transaction";
import { blockers } from "#domain/campaign/readiness";
import type { CampaignState } from "#domain/campaign/state";
import type { CampaignId } from "#domain/ids";
import { fail, ok, type Result } from "#domain/result";
import { leftUnknown } from "#domain/sending/ledger";
import { checklistOf } from "#queues/sending/checklist";
import { launch, wakeRun } from "#queues/sending/launch";
import { audit } from "../audit.ts";
import type { AppEnv } from "../context.ts";
import { problem } from "../problem.ts";
import { createRouter } from "../router.ts";
import * as contract from "./campaign-acts.schema.ts";
import { oneCampaign, viewOf } from "./campaigns.ts";

export const campaignActs = createRouter();

async function shown(c: Context<AppEnv>, id: CampaignId) {
  const found = await oneCampaign(c.var.scope, id);
  return found.ok ? ok(await viewOf(c.var.scope, found.value)) : found;
}

/** A compare-and-set with its audit row; the loser of a race is told what state won. */
async function move(
  c: Context<AppEnv>,
  id: CampaignId,
  from: readonly CampaignState[],
  to: CampaignState | "resumed",
  action: string,
  also: Parameters<typeof moveCampaign>[5] = {},
): Promise<Result<undefined>> {
  const { scope, deps, actor } = c.var;
  const found = await oneCampaign(scope, id);
  if (!found.ok) return found;
  const wrong = fail({
    kind: "wrong_state",
    what: "campaign",
    state: found.value.state,
    wanted: from.join(" or "),
  });
  if (!from.includes(found.value.state)) return wrong;
  const run = found.value.runId && (await getRun(scope, found.value.runId));
  const target = to === "resumed" ? (run?.frozenAt ? "sending" : "preparing") : to;
  if (!(await moveCampaign(scope, id, from, target, new Date(deps.now()), also))) return wrong;
  await audit(scope, deps, actor, {
    action,
    subject: id,
    before: { state: found.value.state },
    after: { state: target },
  });
  if (found.value.runId)
    await wakeRun(deps, c.var.tenantId, found.value.runId, to === "resumed" ? "resume" : "launch");
  return ok();
}

campaignActs.openapi(contract.sendCampaign, async (c) => {
  const { id } = c.req.valid("param");
  const { deps, scope, actor, tenantId } = c.var;
  const launched = await launch(deps, tenantId, id, "draft");
  if (!launched.ok) return problem(c, launched.error);
  await audit(scope, deps, actor, {
    action: "campaign.send",
    subject: id,
    after: { run: launched.value.runId },
  });
  const view = await shown(c, id);
  return view.ok ? c.json(view.value, 202) : problem(c, view.error);
});

campaignActs.openapi(contract.scheduleCampaign, async (c) => {
  const { id } = c.req.valid("param");
  const { local, ...given } = c.req.valid("json");
  const at = new Date(given.at);
  const { deps, scope, tenantId } = c.var;
  if (at.getTime() <= deps.now())
    return problem(c, {
      kind: "invalid",
      errors: [{ pointer: "/at", detail: "The moment has passed; choose a later one." }],
    });
  const found = await oneCampaign(scope, id);
  if (!found.ok) return problem(c, found.error);
  const errors = blockers((await checklistOf(deps, tenantId, found.value)).checks);
  if (errors.length > 0) return problem(c, { kind: "not_ready", errors });
  const moved = await move(c, id, ["draft", "scheduled"], "scheduled", "campaign.schedule", {
    scheduledAt: at,
    scheduledLocal: local,
    pauseDetail: "",
  });
  const view = moved.ok ? await shown(c, id) : moved;
  return view.ok ? c.json(view.value, 200) : problem(c, view.error);
});

campaignActs.openapi(contract.unscheduleCampaign, async (c) => {
  const { id } = c.req.valid("param");
  const moved = await move(c, id, ["scheduled"], "draft", "campaign.unschedule", {
    scheduledAt: null,
    scheduledLocal: false,
  });
  const view = moved.ok ? await shown(c, id) : moved;
  return view.ok ? c.json(view.value, 200) : problem(c, view.error);
});

campaignActs.openapi(contract.pauseCampaign, async (c) => {
  const { id } = c.req.valid("param");
  const why = { pauseReason: "by_person" as const, pauseDetail: `Paused by ${c.var.actor.name}` };
  const moved = await move(c, id, ["preparing", "sending"], "paused", "campaign.pause", why);
  const view = moved.ok ? await shown(c, id) : moved;
  return view.ok ? c.json(view.value, 200) : problem(c, view.error);
});

campaignActs.openapi(contract.resumeCampaign, async (c) => {
  const { id } = c.req.valid("param");
  const moved = await move(c, id, ["paused"], "resumed", "campaign.resume", {
    pauseReason: null,
    pauseDetail: "",
  });
  const view = moved.ok ? await shown(c, id) : moved;
  return view.ok ? c.json(view.value, 200) : problem(c, view.error);
});

campaignActs.openapi(contract.cancelCampaign, async (c) => {
  const { id } = c.req.valid("param");
  const none = { pauseReason: null, pauseDetail: "" };
  const moved = await move(c, id, ["preparing", "sending", "paused"], "cancelled", "campaign.cancel", none);
  const view = moved.ok ? await shown(c, id) : moved;
  return view.ok ? c.json(view.value, 200) : problem(c, view.error);
});

/** Puts rows of a run back into the queue and the run back to work. */
async function reopen(
  c: Context<AppEnv>,
  id: CampaignId,
  from: "failed" | "unknown",
  action: string,
): Promise<Result<number>> {
  const { scope, deps, actor } = c.var;
  const found = await oneCampaign(scope, id);
  if (!found.ok) return found;
  const { runId, state } = found.value;
  if (!runId || !["sending", "paused", "completed"].includes(state))
    return fail({ kind: "wrong_state", what: "campaign", state, wanted: "sending, paused or completed" });
  // All or nothing: rows queued in a run that counts as finished would wait for ever.
  const count = await inTransaction(scope, async (tx) => {
    const moved = await moveAll(tx, runId, from, { state: "queued", reason: "", resetTries: true });
    if (moved === 0) return 0;
    // The campaign's row before the run's, as everywhere: two that lock in one order wait, they do not deadlock.
    await moveCampaign(tx, id, "completed", "sending", new Date(deps.now()));
    await markFinished(tx, runId, null);
    await audit(tx, deps, actor, { action, subject: id, after: { messages: moved } });
    return moved;
  });
  if (count > 0) await wakeRun(deps, c.var.tenantId, runId, "ledger_changed");
  return ok(count);
}

campaignActs.openapi(contract.retryFailed, async (c) => {
  const done = await reopen(c, c.req.valid("param").id, "failed", "campaign.retry_failed");
  return done.ok ? c.json({ requeued: done.value }, 202) : problem(c, done.error);
});

campaignActs.openapi(contract.settleUnknown, async (c) => {
  const { id } = c.req.valid("param");
  const { scope, deps, actor } = c.var;
  if (c.req.valid("json").decision === "send_again") {
    const done = await reopen(c, id, "unknown", "campaign.send_unknown_again");
    return done.ok ? c.json({ settled: done.value }, 200) : problem(c, done.error);
  }
  const found = await oneCampaign(scope, id);
  if (!found.ok) return problem(c, found.error);
  const { runId } = found.value;
  if (!runId)
    return problem(c, {
      kind: "wrong_state",
      what: "campaign",
      state: found.value.state,
      wanted: "launched",
    });
  const settled = await moveAll(scope, runId, "unknown", {
    state: "failed",
    reason: leftUnknown,
    resetTries: false,
  });
  await audit(scope, deps, actor, {
    action: "campaign.leave_unknown",
    subject: id,
    after: { messages: settled },
  });
  await wakeRun(deps, c.var.tenantId, runId, "ledger_changed");
  return c.json({ settled }, 200);
});
