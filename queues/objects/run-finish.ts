/** The end of a run, counted from the ledger; and the way back from it when the ledger says there is more to do. */
import { moveCampaign } from "#db/repos/campaigns";
import { nextInState } from "#db/repos/ledger-books";
import { markFinished, runState } from "#db/repos/runs";
import type { ContactId } from "#domain/ids";
import { audienceOf, isFinished, type MessageState } from "#domain/sending/ledger";
import type { RunContext } from "./run-context.ts";
import { recount } from "./run-counts.ts";

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
    await markFinished(scope, runId, new Date(deps.now()));
    if (standing.state === "sending")
      await moveCampaign(scope, campaignId, "sending", "completed", new Date(deps.now()));
    deps.log("run.finished", { run: runId, audience: audienceOf(tally), failed: tally.failed });
    return undefined;
  }
  // Rows that are being sent belong to an attempt whose lease may still run: they are looked at again after it.
  if (tally.queued > 0) await reopenChunks(context, ["queued"], 0);
  if (tally.sending + tally.unknown > 0)
    await reopenChunks(context, ["sending", "unknown"], context.settings.leaseMs);
  return tally.queued > 0 ? deps.now() : deps.now() + Math.min(lookAgainMs, context.settings.leaseMs);
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
    const end = found && context.plan.reopen(found, context.deps.now() + afterMs);
    if (!end) return;
    after = end;
  }
}
