/** Work that failed every time is kept where operators see it. */
import { z } from "zod";
import { keepDeadLetter } from "#db/repos/dead-letters";
import { moveImport } from "#db/repos/imports";
import { idText } from "#domain/id-schema";
import type { TenantId } from "#domain/ids";
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

const owned = z.looseObject({ tenantId: idText("ten") });

export async function buryMessage(deps: Deps, queue: string, message: Message<unknown>): Promise<Verdict> {
  const body = owned.safeParse(message.body);
  if (!body.success) {
    // Without a tenant there is nobody to show it to; the log line is all that can be kept of it.
    deps.log("queue.buried_without_owner", { queue, id: message.id });
    return ack;
  }
  await keepDeadLetter(deps.scope(body.data.tenantId), {
    id: deps.newId("dlt"),
    queue: queue.replace(/-dead$/, ""),
    messageKey: message.id,
    body: message.body,
    state: "waiting",
    error: "",
    settledAt: null,
    at: new Date(deps.now()),
  });
  await failImport(deps, body.data.tenantId, message.body);
  deps.log("queue.buried", { queue, id: message.id });
  return ack;
}
