/** Work that failed every time is kept where operators see it. */
import { moveImport } from "#db/repos/imports";
import type { TenantId } from "#domain/ids";
import { bury, ownerOf } from "../dead-letters.ts";
import type { Deps } from "../deps.ts";
import { importStep } from "../messages.ts";
import { ack, type Verdict } from "../verdict.ts";

/** An import whose every step failed is over: people see that it failed, not progress without end. */
async function failImport(deps: Deps, tenantId: TenantId, body: unknown): Promise<void> {
  const step = importStep.safeParse(body);
  if (!step.success) return;
  const now = new Date(deps.now());
  const failure = "Something went wrong on our side again and again. What was imported until then stays.";
  const change = { state: "failed" as const, failure, finishedAt: now, updatedAt: now };
  await moveImport(deps.scope(tenantId), step.data.importId, ["running"], change);
}

export async function buryMessage(deps: Deps, queue: string, message: Message<unknown>): Promise<Verdict> {
  const tenantId = ownerOf(message.body);
  if (!tenantId) {
    // Without a tenant there is nobody to show it to; the log line is all that can be kept of it.
    deps.log("queue.buried_without_owner", { queue, id: message.id });
    return ack;
  }
  // Known already where its last attempt could still write down what it died of.
  await bury(deps, queue.replace(/-dead$/, ""), message.body, "");
  await failImport(deps, tenantId, message.body);
  deps.log("queue.buried", { queue, id: message.id });
  return ack;
}
