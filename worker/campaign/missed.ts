/** Sending a run to those it left out, where they may be written to by now: same ledger, same frozen content. */
import { getCampaign, moveCampaign } from "#db/repos/campaigns";
import { countMissed, type MissedRun, missedPage, requeueMissed } from "#db/repos/ledger-missed";
import { getRun, markFinished, type Run } from "#db/repos/runs";
import { inTransaction } from "#db/transaction";
import type { CampaignId, ContactId, TenantId } from "#domain/ids";
import { fail, ok, type Result } from "#domain/result";
import { sendPolicy } from "#domain/sending/policy";
import { wakeRun } from "#queues/sending/launch";
import { audit } from "../audit.ts";
import type { Act } from "../settings/act.ts";

const pageSize = 2_000;
const states = ["sending", "paused", "completed"];

function missedRun(run: Run): MissedRun {
  const policy = run.policy ? sendPolicy.parse(run.policy) : null;
  return { id: run.id, audience: run.audience, channel: run.channel, cap: policy?.[run.channel].cap ?? null };
}

async function reopenable({ scope }: Pick<Act, "scope">, id: CampaignId): Promise<Result<Run>> {
  const campaign = await getCampaign(scope, id);
  if (!campaign) return fail({ kind: "not_found", what: "campaign" });
  const run = campaign.runId ? await getRun(scope, campaign.runId) : undefined;
  if (run && states.includes(campaign.state)) return ok(run);
  const wanted = "sending, paused or completed";
  return fail({ kind: "wrong_state", what: "campaign", state: campaign.state, wanted });
}

/** By the old reason: how many were left out, and how many of them may be written to now. */
export async function previewMissed(act: Act, id: CampaignId) {
  const run = await reopenable(act, id);
  if (!run.ok) return run;
  const reasons = await countMissed(act.scope, missedRun(run.value), new Date(act.deps.now()));
  const sum = (key: "missed" | "now") => reasons.reduce((total, row) => total + row[key], 0);
  return ok({ reasons, missed: sum("missed"), now: sum("now") });
}

/** Nobody who joined the audience since is added: it was frozen when the run began. */
export async function sendToMissed(
  act: Act & { readonly tenantId: TenantId },
  id: CampaignId,
): Promise<Result<{ requeued: number }>> {
  const { scope, deps, actor } = act;
  const found = await reopenable(act, id);
  if (!found.ok) return found;
  const run = missedRun(found.value);
  const now = new Date(deps.now());
  let after: ContactId | null = null;
  let requeued = 0;
  for (;;) {
    const page = await missedPage(scope, run, { after, now, limit: pageSize });
    const last = page.at(-1);
    if (!last) break;
    // Each page is all or nothing: rows queued in a run that counts as finished would wait for ever.
    requeued += await inTransaction(scope, async (tx) => {
      const moved = await requeueMissed(tx, run.id, page);
      if (moved === 0) return 0;
      // The campaign's row before the run's, as everywhere: two that lock in one order wait, they do not deadlock.
      await moveCampaign(tx, id, "completed", "sending", now);
      await markFinished(tx, run.id, null);
      await audit(tx, deps, actor, {
        action: "campaign.send_missed",
        subject: id,
        after: { messages: moved },
      });
      return moved;
    });
    after = last.contactId;
  }
  if (requeued > 0) await wakeRun(deps, act.tenantId, run.id, "ledger_changed");
  return ok({ requeued });
}
