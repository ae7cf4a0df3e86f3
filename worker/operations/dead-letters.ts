/** What operators decide about failed jobs. */
import { type DeadLetter, getDeadLetter, settleDeadLetter } from "#db/repos/dead-letters";
import type { TenantDb } from "#db/scope";
import { inTransaction } from "#db/transaction";
import type { DeadLetterId } from "#domain/ids";
import { fail, ok, type Result } from "#domain/result";
import { redrive } from "#queues/dead-letters";
import { audit } from "../audit.ts";
import type { Act } from "../settings/act.ts";

export async function oneLetter(scope: TenantDb, id: DeadLetterId): Promise<Result<DeadLetter>> {
  const letter = await getDeadLetter(scope, id);
  return letter ? ok(letter) : fail({ kind: "not_found", what: "failed job" });
}

export async function redriveOne(act: Act, id: DeadLetterId): Promise<Result<DeadLetter>> {
  const { scope, deps, actor } = act;
  const found = await oneLetter(scope, id);
  if (!found.ok) return found;
  const done = await redrive(deps, scope.tenantId, found.value);
  if (!done.ok) return done;
  if (found.value.state === "waiting")
    await audit(scope, deps, actor, {
      action: "failed_job.redrive",
      subject: id,
      after: { queue: found.value.queue },
    });
  return oneLetter(scope, id);
}

/** Letters that are gone, or that somebody else has decided about, are passed over. */
export async function redriveMany(act: Act, ids: readonly DeadLetterId[]): Promise<{ redriven: number }> {
  let redriven = 0;
  for (const id of new Set(ids)) {
    const letter = await getDeadLetter(act.scope, id);
    if (letter?.state === "waiting" && (await redriveOne(act, id)).ok) redriven++;
  }
  return { redriven };
}

export async function discard({ scope, deps, actor }: Act, id: DeadLetterId): Promise<Result<DeadLetter>> {
  const found = await oneLetter(scope, id);
  if (!found.ok) return found;
  const { state, queue } = found.value;
  const won = await inTransaction(scope, async (tx) => {
    if (!(await settleDeadLetter(tx, id, "discarded", new Date(deps.now())))) return false;
    await audit(tx, deps, actor, { action: "failed_job.discard", subject: id, before: { queue } });
    return true;
  });
  if (!won && state !== "discarded")
    return fail({ kind: "wrong_state", what: "failed job", state, wanted: "waiting" });
  return oneLetter(scope, id);
}
