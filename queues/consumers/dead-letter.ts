/** Work that failed every time is kept where operators see it. */
import { z } from "zod";
import { keepDeadLetter } from "#db/repos/dead-letters";
import { idText } from "#domain/id-schema";
import type { Deps } from "../deps.ts";
import { ack, type Verdict } from "../verdict.ts";

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
    at: new Date(deps.now()),
  });
  deps.log("queue.buried", { queue, id: message.id });
  return ack;
}
