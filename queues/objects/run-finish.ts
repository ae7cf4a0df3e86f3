/** The end of a run, counted from the ledger; and the way back from it when the ledger says there is more to do. */
import { moveCampaign } from "#db/repos/campaigns";
import { countByState, nextInState, tallyOf } from "#db/repos/ledger-books";
import { markFinished, runState } from "#db/repos/runs";
import type { TenantDb } from "#db/scope";
import { inTransaction } from "#db/transaction";
import type { CampaignState } from "#domain/campaign/state";
import type { CampaignId, ContactId, RunId } from "#domain/ids";
import { audienceOf, isFinished, type MessageState } from "#domain/sending/ledger";
import type { RunContext } from "./run-context.ts";
import { recount } from "./run-counts.ts";
import { startDrawing } from "./run-freeze.ts";

const lookAgainMs = 30_000;

/** No chunk is under way: finish, or find what is left. Answers when to look again. */
export async function settleRun(context: RunContext): Promise<number | undefined> {
  const { deps } = context;
  const { tenantId, runId, campaignId } = context.progress.identity;
  const scope = deps.scope(tenantId);
  const standing = await runState(scope, runId);
  if (!standing) return undefined;
  const tally = await recount(context);
  context.save();
  if (isFinished(tally)) {
    if (!(await finish(scope, runId, campaignId, standing.state, new Date(deps.now())))) return deps.now();
    deps.log("run.finished", { run: runId, audience: audienceOf(tally), failed: tally.failed });
    return undefined;
  }
  // Rows that are being sent belong to an attempt whose lease may still run: they are looked at again after it.
  if (tally.queued > 0) await reopenChunks(context, ["queued"], 0);
  if (tally.sending + tally.unknown > 0)
    await reopenChunks(context, ["sending", "unknown"], context.settings.leaseMs);
  return tally.queued > 0 ? deps.now() : deps.now() + Math.min(lookAgainMs, context.settings.leaseMs);
}

/** Counted once more under the campaign's lock: a retry that comes at this moment is seen, or waits and finds it completed. */
async function finish(
  scope: TenantDb,
  runId: RunId,
  campaignId: CampaignId,
  state: CampaignState,
  now: Date,
): Promise<boolean> {
  const reopened = new Error("there is work again");
  try {
    return await inTransaction(scope, async (tx) => {
      if (state === "sending" && !(await moveCampaign(tx, campaignId, "sending", "completed", now)))
        return false;
      if (!isFinished(tallyOf(await countByState(tx, runId)))) throw reopened;
      await markFinished(tx, runId, now);
      return true;
    });
  } catch (error) {
    if (error === reopened) return false;
    throw error;
  }
}

/** Makes every chunk due again that holds a row with work left in it. */
export async function reopenChunks(
  context: RunContext,
  states: MessageState[] = ["queued", "sending", "unknown"],
  afterMs = 0,
): Promise<void> {
  const { tenantId, runId } = context.progress.identity;
  const scope = context.deps.scope(tenantId);
  let after: ContactId | null = null;
  for (;;) {
    const found: ContactId | undefined = await nextInState(scope, runId, states, after);
    if (!found) return;
    const end = context.plan.reopen(found, context.deps.now() + afterMs);
    // A plan that knows nothing of this person is wrong as a whole: it is drawn again from the ledger.
    if (!end) return startDrawing(context);
    after = end;
  }
}
