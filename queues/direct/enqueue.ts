/** The way onto the queue of transactional messages. What is lost of it, the sweep finds in the database. */

import { errorReport } from "#domain/error-report";
import type { DirectSendId, TenantId } from "#domain/ids";
import type { Deps } from "../deps.ts";
import type { SendDirect } from "../messages.ts";

/** Queues hold a message back for twelve hours at most (Cloudflare Queues, delaySeconds). */
export const queueHorizonSeconds = 12 * 3_600;
/** Messages in one `sendBatch` (Cloudflare Queues limits). */
const perCall = 100;

export type Due = { readonly tenantId: TenantId; readonly id: DirectSendId; readonly atMs: number };

export async function enqueueDirect(deps: Pick<Deps, "env" | "now">, due: readonly Due[]): Promise<void> {
  const nowMs = deps.now();
  for (let i = 0; i < due.length; i += perCall) {
    const bodies = due.slice(i, i + perCall).map(({ tenantId, id, atMs }) => {
      const body: SendDirect = { v: 1, kind: "send.direct", tenantId, id };
      const delaySeconds = Math.min(queueHorizonSeconds, Math.max(0, Math.ceil((atMs - nowMs) / 1_000)));
      return { body, delaySeconds };
    });
    await deps.env.DIRECT_QUEUE.sendBatch(bodies);
  }
}

/** For requests that are recorded already: not being able to queue them now is no reason to say they failed. */
export async function tryEnqueueDirect(
  deps: Pick<Deps, "env" | "now" | "log">,
  due: readonly Due[],
): Promise<void> {
  const nowMs = deps.now();
  const near = due.filter((one) => one.atMs - nowMs <= queueHorizonSeconds * 1_000);
  if (near.length === 0) return;
  try {
    await enqueueDirect(deps, near);
  } catch (error) {
    deps.log("direct.not_queued", { messages: near.length, ...errorReport(error) });
  }
}
