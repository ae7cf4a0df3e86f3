/** Taking a transactional message: recorded with all it will say, then queued. From then on it is never lost. */
import { getDirectSend, insertDirectSend, type StandingDirectSend } from "#db/repos/direct-sends";
import { findSuppression } from "#db/repos/suppressions";
import { asAttachment } from "#domain/direct/attachments";
import { headlineOf } from "#domain/direct/content";
import { holdsBack } from "#domain/direct/suppressed";
import type { DirectSendId } from "#domain/ids";
import { ok, type Result } from "#domain/result";
import { directSendIdFor } from "#domain/sending/source";
import { attachmentsKeyOf, packContent, storeAttachments } from "#queues/direct/content";
import { tryEnqueueDirect } from "#queues/direct/enqueue";
import type { IdempotencyKey } from "../middleware/idempotency.ts";
import type { MessageBody } from "../routes/messages.schema.ts";
import type { Act } from "../settings/act.ts";
import { compose } from "./compose.ts";
import { addresseeOf, connectionFor, invalid, senderProblem } from "./place.ts";
import { stateOf } from "./view.ts";

const maxAheadMs = 30 * 86_400_000;

/** The id the request will have: made from its key where it has one, so that a repeat finds what the first one made. */
export async function idFor(act: Act, key: IdempotencyKey | undefined, place = 0): Promise<DirectSendId> {
  if (!key) return act.deps.newId("dir");
  const seed = new Uint8Array([...key.hash, place >>> 8, place & 255]);
  return directSendIdFor(key.firstSeenMs, new Uint8Array(await crypto.subtle.digest("SHA-256", seed)));
}

export type Accepted = Pick<StandingDirectSend["send"], "id" | "messageId"> & {
  readonly state: ReturnType<typeof stateOf>;
  readonly reason: string;
};

export async function acceptMessage(
  act: Act,
  id: DirectSendId,
  input: MessageBody,
): Promise<Result<Accepted>> {
  const { scope, deps, actor } = act;
  const nowMs = deps.now();
  const before = await getDirectSend(scope, id);
  if (before) return ok(asAccepted(before, nowMs));
  const sendAtMs = Math.max(nowMs, input.send_at ? Date.parse(input.send_at) : nowMs);
  if (sendAtMs > nowMs + maxAheadMs) return invalid("/send_at", "At most 30 days ahead.");
  const [addressee, connection] = await Promise.all([addresseeOf(scope, input), connectionFor(scope, input)]);
  if (!addressee.ok) return addressee;
  if (!connection.ok) return connection;
  const wrongSender = senderProblem(input, connection.value);
  if (wrongSender) return invalid("/sender", wrongSender);
  const { address, contact } = addressee.value;
  const messageId = deps.newId("msg");
  const [composed, suppression] = await Promise.all([
    compose(act, input, messageId, addressee.value),
    findSuppression(scope, { channel: input.channel, address }),
  ]);
  if (!composed.ok) return composed;
  const { content, links } = composed.value;
  const skip = holdsBack(input.channel, suppression?.reason ?? null) ? "suppressed" : null;
  const hasFiles = input.attachments.length > 0 && !skip;
  const attachmentsKey = hasFiles ? attachmentsKeyOf(scope.tenantId, id) : null;
  if (attachmentsKey) await storeAttachments(deps, attachmentsKey, input.attachments.map(asAttachment));
  const row = {
    id,
    messageId,
    channel: input.channel,
    connectionId: connection.value.id,
    templateId: input.template_id ?? null,
    address,
    subject: headlineOf(content),
    tags: input.tags,
    content: await packContent(content),
    attachmentsKey,
    metadata: input.metadata,
    sendAt: new Date(sendAtMs),
    createdBy: actor.id,
    createdAt: new Date(nowMs),
    contactId: contact?.id ?? deps.newId("ctc"),
    segments: content.channel === "sms" ? content.segments : 0,
    skip: skip as "suppressed" | null,
    links,
  };
  const isNew = await scope.transaction((tx) => insertDirectSend(tx, row));
  if (!isNew) {
    // The same request at the same moment was faster; its message is the one.
    const standing = await getDirectSend(scope, id);
    if (standing) return ok(asAccepted(standing, nowMs));
  }
  if (!skip) await tryEnqueueDirect(deps, [{ tenantId: scope.tenantId, id, atMs: sendAtMs }]);
  const state = skip ? "skipped" : sendAtMs > nowMs ? "scheduled" : "queued";
  return ok({ id, messageId, state, reason: skip ?? "" });
}

function asAccepted({ send, message }: StandingDirectSend, nowMs: number): Accepted {
  return {
    id: send.id,
    messageId: send.messageId,
    state: stateOf(message.state, send.sendAt, nowMs),
    reason: message.reason,
  };
}
