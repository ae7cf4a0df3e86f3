/** Campaigns whose moment has come, and runs whose coordinator fell asleep on the job. */
import { moveCampaign } from "#db/repos/campaigns";
import { getRun } from "#db/repos/runs";
import type { Deps } from "../deps.ts";
import { coordinatorOf } from "../live.ts";
import { launch } from "../sending/launch.ts";

const perSweep = 500;

export async function launchDue(deps: Deps): Promise<void> {
  for (const { tenantId, id } of await deps.system.dueCampaigns(new Date(deps.now()), perSweep)) {
    const launched = await launch(deps, tenantId, id, "scheduled");
    if (launched.ok || launched.error.kind === "wrong_state") continue;
    // It cannot go out as it stands: a draft with a reason is better than a promise that is silently broken.
    const detail =
      launched.error.kind === "not_ready"
        ? launched.error.errors.map((e) => e.detail).join("; ")
        : launched.error.kind;
    await moveCampaign(deps.scope(tenantId), id, "scheduled", "draft", new Date(deps.now()), {
      scheduledAt: null,
      pauseDetail: `Not sent at its scheduled time: ${detail}`.slice(0, 500),
    });
    deps.log("campaign.not_launched", { campaign: id, reason: launched.error.kind });
  }
}

export async function wakeOpenRuns(deps: Deps): Promise<void> {
  for (const { tenantId, id, campaignId } of await deps.system.openRuns(perSweep)) {
    const run = await getRun(deps.scope(tenantId), id);
    if (!run) continue;
    const identity = { tenantId, campaignId, runId: id, connectionId: run.connectionId };
    await coordinatorOf(deps, tenantId, id).wake(identity, "sweep");
  }
}
