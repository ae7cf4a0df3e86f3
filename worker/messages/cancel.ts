/** Cancelling a message that has not left. */
import { getDirectSend } from "#db/repos/direct-sends";
import { finishDirect, skipDirect } from "#db/repos/direct-states";
import { inTransaction } from "#db/transaction";
import type { DirectSendId } from "#domain/ids";
import { fail, ok } from "#domain/result";
import { dropAttachments } from "#queues/direct/content";
import { audit } from "../audit.ts";
import type { Act } from "../settings/act.ts";
import { messageView } from "./view.ts";

export async function cancelMessage({ scope, deps, actor }: Act, id: DirectSendId) {
  const standing = await getDirectSend(scope, id);
  if (!standing) return fail({ kind: "not_found", what: "message" });
  const now = new Date(deps.now());
  const cancelled = await inTransaction(scope, async (tx) => {
    if (!(await skipDirect(tx, id, "cancelled"))) {
      const { state } = (await getDirectSend(tx, id))?.message ?? standing.message;
      return fail({ kind: "wrong_state", what: "message", state, wanted: "scheduled or queued" });
    }
    await finishDirect(tx, id, now);
    await audit(tx, deps, actor, {
      action: "message.cancel",
      subject: id,
      before: { state: standing.message.state },
    });
    return ok();
  });
  if (!cancelled.ok) return cancelled;
  if (standing.send.attachmentsKey) await dropAttachments(deps, standing.send.attachmentsKey);
  return messageView(scope, id, actor.role, now.getTime());
}
