/** Launch: everything a recipient will see is frozen, then the run's coordinator is woken. The state decides who launched. */
import { type Campaign, getCampaign, moveCampaign } from "#db/repos/campaigns";
import { createRun, getRun, openRunIds } from "#db/repos/runs";
import { launchMs, localTimeOf } from "#domain/campaign/local-time";
import { blockers } from "#domain/campaign/readiness";
import type { CampaignId, RunId, TenantId } from "#domain/ids";
import { compileContent } from "#domain/message/compile";
import { fail, ok, type Result } from "#domain/result";
import { compileSms } from "#domain/sms/content";
import type { Deps } from "../deps.ts";
import { coordinatorOf } from "../live.ts";
import { checklistOf } from "./checklist.ts";

export async function launch(
  deps: Deps,
  tenantId: TenantId,
  id: CampaignId,
  from: "draft" | "scheduled",
): Promise<Result<{ runId: RunId }>> {
  const scope = deps.scope(tenantId);
  const campaign = await getCampaign(scope, id);
  if (!campaign) return fail({ kind: "not_found", what: "campaign" });
  const wrong = fail({ kind: "wrong_state", what: "campaign", state: campaign.state, wanted: from });
  if (campaign.state !== from) return wrong;
  const { checks, content, optOut, tenant, connection, ways } = await checklistOf(deps, tenantId, campaign);
  // Put off after the sweep had found it due.
  if (from === "scheduled" && launchMs(campaign, tenant.timeZone) > deps.now()) return wrong;
  const errors = blockers(checks);
  if (errors.length > 0 || !content || !connection) return fail({ kind: "not_ready", errors });
  const { trackOpens, trackClicks } = campaign;
  const compiled =
    campaign.channel === "sms"
      ? compileSms(content, { trackClicks, optOut })
      : compileContent(content, { trackOpens, trackClicks });
  if (!compiled.ok)
    return fail({
      kind: "not_ready",
      errors: [{ pointer: "/content", detail: "The content does not compile." }],
    });

  const now = new Date(deps.now());
  const route = ways.map((way) => ({ connectionId: way.id, weight: way.weight }));
  const runId = deps.newId("run");
  const won = await scope.transaction(async (tx) => {
    const also = { runId, pauseReason: null, pauseDetail: "" };
    // An edit between the checks and here wins: what was checked is what goes out, or nothing does.
    const moved = await moveCampaign(tx, id, from, "preparing", now, also, campaign.revision);
    if (!moved) return false;
    const run = {
      id: runId,
      campaignId: id,
      connectionId: connection.id,
      channel: campaign.channel,
      route,
      audience: campaign.audience,
      subject: content.subject,
      preheader: content.preheader,
      html: content.html,
      text: content.text,
      defaults: { ...content.defaults },
      fromName: campaign.fromName || tenant.fromName,
      fromEmail: campaign.fromEmail || tenant.fromEmail,
      replyTo: campaign.replyTo || tenant.replyTo,
      sender: campaign.sender,
      optOut,
      postalAddress: tenant.postalAddress,
      trackOpens,
      trackClicks,
      policy: campaign.ignoresPolicy ? null : tenant.policy,
      localTime: from === "scheduled" ? localTimeOf(campaign, tenant.timeZone) : null,
      startedAt: now,
    };
    const urls = compiled.value.links.map((link) => link.url);
    await createRun(tx, run, urls);
    return true;
  });
  if (!won) return lostTo(await getCampaign(scope, id), from);
  await wakeRun(deps, tenantId, runId, "launch");
  return ok({ runId });
}

/** Should this call be lost, the sweep wakes the coordinator within a minute. */
export async function wakeRun(
  deps: Deps,
  tenantId: TenantId,
  runId: RunId,
  because: "launch" | "resume" | "ledger_changed" | "terms_changed",
): Promise<void> {
  const scope = deps.scope(tenantId);
  const run = await getRun(scope, runId);
  if (!run) return;
  const identity = { tenantId, campaignId: run.campaignId, runId, connectionId: run.connectionId };
  try {
    await coordinatorOf(deps, tenantId, runId).wake(identity, because);
  } catch (error) {
    deps.log("coordinator.unreachable", { run: runId, error: String(error) });
  }
}

/** A connection has other terms, or was put right: runs that wait for it look again. */
export async function wakeRunsOf(deps: Deps, tenantId: TenantId): Promise<void> {
  for (const runId of await openRunIds(deps.scope(tenantId)))
    await wakeRun(deps, tenantId, runId, "terms_changed");
}

function lostTo(now: Campaign | undefined, from: "draft" | "scheduled") {
  if (!now) return fail({ kind: "not_found", what: "campaign" });
  if (now.state === from) return fail({ kind: "changed_meanwhile", what: "campaign" });
  return fail({ kind: "wrong_state", what: "campaign", state: now.state, wanted: from });
}
