/** Campaigns whose moment has come, and runs whose coordinator fell asleep on the job. */
import { moveCampaign } from "#db/repos/campaigns";
import { getRun } from "#db/repos/runs";
import { launchMs } from "#domain/campaign/local-time";
import { errorReport } from "#domain/error-report";
import type { CampaignId, TenantId } from "#domain/ids";
import type { Deps } from "../deps.ts";
import { coordinatorOf } from "../live.ts";
import { launch, wakeRun } from "../sending/launch.ts";

const perSweep = 500;

export async function launchDue(deps: Deps): Promise<void> {
  for (const due of await deps.system.dueCampaigns(new Date(deps.now()), perSweep))
    if (launchMs(due, due.timeZone) <= deps.now())
      await apart(deps, due.id, () => launchOne(deps, due.tenantId, due.id));
}

async function launchOne(deps: Deps, tenantId: TenantId, id: CampaignId): Promise<void> {
  const launched = await launch(deps, tenantId, id, "scheduled");
  // Somebody was faster, or has just changed it: the next sweep looks again.
  const isOthers = !launched.ok && ["wrong_state", "changed_meanwhile"].includes(launched.error.kind);
  if (!launched.ok && !isOthers) {
    // It cannot go out as it stands: a draft with a reason is better than a promise that is silently broken.
    const detail =
      launched.error.kind === "not_ready"
        ? launched.error.errors.map((e) => e.detail).join("; ")
        : launched.error.kind;
    await moveCampaign(deps.scope(tenantId), id, "scheduled", "draft", new Date(deps.now()), {
      scheduledAt: null,
      scheduledLocal: false,
      pauseDetail: `Not sent at its scheduled time: ${detail}`.slice(0, 500),
    });
    deps.log("campaign.not_launched", { campaign: id, reason: launched.error.kind });
  }
}

/** A coordinator ends its own quota pause; this does where it has forgotten it. */
export async function resumeReturned(deps: Deps): Promise<void> {
  for (const one of await deps.system.returnedQuotas(new Date(deps.now()), perSweep))
    await apart(deps, one.id, async () => {
      const { tenantId, id, runId, revision } = one;
      const none = { pauseReason: null, pauseDetail: "" };
      const now = new Date(deps.now());
      if (!(await moveCampaign(deps.scope(tenantId), id, "paused", "sending", now, none, revision))) return;
      if (runId) await wakeRun(deps, tenantId, runId, "resume");
      deps.log("run.quota_returned", { campaign: id });
    });
}

export async function wakeOpenRuns(deps: Deps): Promise<void> {
  for (const { tenantId, id, campaignId } of await deps.system.openRuns(perSweep))
    await apart(deps, id, async () => {
      const run = await getRun(deps.scope(tenantId), id);
      if (!run) return;
      const identity = { tenantId, campaignId, runId: id, connectionId: run.connectionId };
      await coordinatorOf(deps, tenantId, id).wake(identity, "sweep");
    });
}

/** One tenant's trouble does not keep the others waiting. */
async function apart(deps: Deps, subject: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    deps.log("sweep.failed", { subject, ...errorReport(error) });
  }
}
