/** A person decides what a reply asked for, where no keyword said it. */
import { phoneOwners } from "#db/repos/phone-owners";
import { findReply, markReviewed, type ShownReply } from "#db/repos/replies";
import type { ReplyId } from "#domain/ids";
import { fail, ok, type Result } from "#domain/result";
import { leaveByText, suppressNumbers } from "#queues/replies/consent";
import { audit } from "../audit.ts";
import type { Act } from "../settings/act.ts";

export type ReplyDecision = "unsubscribe" | "keep";

const answered = fail({
  kind: "wrong_state",
  what: "reply",
  state: "reviewed",
  wanted: "waiting for review",
});

export async function reviewReply(
  { scope, deps, actor }: Act,
  id: ReplyId,
  decision: ReplyDecision,
): Promise<Result<ShownReply>> {
  const reply = await findReply(scope, id);
  if (!reply) return fail({ kind: "not_found", what: "reply" });
  if (reply.needsReview === 0) return answered;
  // Before the mark: what is done twice is done once, what is marked and not done would be lost.
  if (decision === "unsubscribe") {
    const { fromAddress: address, text: reason } = reply;
    await suppressNumbers(scope, [{ address, reason }], new Date(deps.now()));
    const owners = await phoneOwners(scope, address);
    await leaveByText(
      deps,
      scope,
      owners.map((one) => ({ contactId: one.id, address, reason })),
      "review",
    );
  }
  const isFirst = await scope.transaction(async (tx) => {
    if (!(await markReviewed(tx, id))) return false;
    await audit(tx, deps, actor, { action: "reply.review", subject: id, after: { decision } });
    return true;
  });
  return isFirst ? ok({ ...reply, needsReview: 0 }) : answered;
}
