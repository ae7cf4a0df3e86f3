/** Dead letters: what a message died of is noted at its last attempt, and how it is given to its queue again. */

import { z } from "zod";
import { buryDeadLetter, type DeadLetter, settleDeadLetter } from "#db/repos/dead-letters";
import { moveImport } from "#db/repos/imports";
import { errorReport } from "#domain/error-report";
import { idText } from "#domain/id-schema";
import type { TenantId } from "#domain/ids";
import { fail, ok, type Result } from "#domain/result";
import type { Deps } from "./deps.ts";
import { coordinatorOf } from "./live.ts";
import { importStep, sendChunk } from "./messages.ts";
import { isLastAttempt, isQueueName, queues } from "./queue-names.ts";

const owned = z.looseObject({ tenantId: idText("ten") });

/** Undefined where a message names no tenant: there is nobody to show it to. */
export function ownerOf(body: unknown): TenantId | undefined {
  const parsed = owned.safeParse(body);
  return parsed.success ? parsed.data.tenantId : undefined;
}

/** The message itself, not the queue's id for it: the dead-letter queue may give it another. */
async function keyOf(body: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (b) => b.toString(16).padStart(2, "0")).join("");
}

/** Whether it was new: a message that is buried twice is one row. */
export async function bury(deps: Deps, queue: string, body: unknown, error: string): Promise<boolean> {
  const tenantId = ownerOf(body);
  if (!tenantId) return false;
  return buryDeadLetter(deps.scope(tenantId), {
    id: deps.newId("dlt"),
    queue,
    messageKey: await keyOf(body),
    body,
    state: "waiting",
    error: error.slice(0, 500),
    settledAt: null,
    at: new Date(deps.now()),
  });
}

/**
 * Called when a consumer threw. The dead-letter queue carries the message and not its error, so the row is written here,
 * at the last attempt. Where even that fails, the dead-letter queue's own consumer writes it, without the error.
 */
export async function noteFailure(
  deps: Deps,
  queue: string,
  message: { readonly body: unknown; readonly attempts: number },
  error: unknown,
): Promise<void> {
  const { error: text } = errorReport(error);
  try {
    await tellCoordinator(deps, message.body, text);
    if (isLastAttempt(queue, message.attempts)) await bury(deps, queue, message.body, text);
  } catch (trouble) {
    deps.log("queue.failure_not_kept", { queue, ...errorReport(trouble) });
  }
}

/** A chunk that nobody can work off must stop its run, or its lease would bring it back for ever. */
async function tellCoordinator(deps: Deps, body: unknown, error: string): Promise<void> {
  const chunk = sendChunk.safeParse(body);
  if (!chunk.success) return;
  const { tenantId, campaignId, runId, connectionId, chunk: n, attempt } = chunk.data;
  const identity = { tenantId, campaignId, runId, connectionId };
  await coordinatorOf(deps, tenantId, runId).chunkFailed(identity, { chunk: n, attempt, error });
}

/**
 * Gives the message to its queue as a new one, then marks the letter. A crash between the two leaves it waiting; doing
 * it again delivers twice, and every consumer makes twice equal once. A letter that was redriven before stays as it is.
 */
export async function redrive(
  deps: Deps,
  tenantId: TenantId,
  letter: DeadLetter,
): Promise<Result<undefined>> {
  if (letter.state === "redriven") return ok();
  if (letter.state !== "waiting")
    return fail({ kind: "wrong_state", what: "failed job", state: letter.state, wanted: "waiting" });
  const scope = deps.scope(tenantId);
  const { queue } = letter;
  if (!isQueueName(queue))
    return fail({
      kind: "wrong_state",
      what: "failed job",
      state: `of a queue (${queue}) that is gone`,
      wanted: "waiting",
    });
  const now = new Date(deps.now());
  const step = importStep.safeParse(letter.body);
  // Its burial ended the import; it goes on from its checkpoint.
  if (step.success)
    await moveImport(scope, step.data.importId, ["failed"], {
      state: "running",
      failure: "",
      updatedAt: now,
    });
  const target: Queue<unknown> = deps.env[queues[queue].binding];
  await target.send(letter.body);
  await settleDeadLetter(scope, letter.id, "redriven", now);
  return ok();
}
