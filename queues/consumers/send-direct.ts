/** Sends one transactional message: claim, look again, hand over, record. Twice equals once; whatever dies is found again. */
import { getDirectSend, type StandingDirectSend } from "#db/repos/direct-sends";
import { abandonDirect, claimedDirect, finishDirect, postponeDirect } from "#db/repos/direct-states";
import { claim } from "#db/repos/ledger";
import { holdsBack } from "#domain/direct/suppressed";
import { idToBytes, type TenantId } from "#domain/ids";
import type { Refusal } from "#domain/sending/provider";
import { sendSettingsFrom } from "#domain/sending/settings";
import type { Deps } from "../deps.ts";
import { dropAttachments, hasAttachments } from "../direct/content.ts";
import { enqueueDirect } from "../direct/enqueue.ts";
import { directJob, letterTo } from "../direct/job.ts";
import { waitForTurn } from "../direct/turn.ts";
import type { SendDirect } from "../messages.ts";
import { loadConnection } from "../providers/index.ts";
import { limiterOf } from "../providers/limiter.ts";
import type { ChunkJob } from "../sending/chunk-job.ts";
import { deliver } from "../sending/deliver.ts";
import { leftToDo } from "../sending/left-to-do.ts";
import { recover } from "../sending/recover.ts";
import { refusalDelayMs } from "../sending/refusal.ts";
import { ack, retryAfter, type Verdict } from "../verdict.ts";

/** A password that comes a day late helps nobody: then the caller learns that it failed. */
const giveUpMs = 24 * 3_600_000;
/** A refused account is looked at again this often; a person may have mended it. */
const rejectedDelayMs = 60_000;
/** Not due for longer than this: somebody has put it off, and asked for it to be looked at then. */
const nearMs = 90_000;

export async function sendDirect(deps: Deps, { tenantId, id }: SendDirect): Promise<Verdict> {
  const scope = deps.scope(tenantId);
  const standing = await getDirectSend(scope, id);
  if (!standing || standing.send.finishedAt) return ack;
  const { send, message } = standing;
  const settings = sendSettingsFrom(deps.env.SEND_SETTINGS);
  if (isOver(standing, deps.now())) return finish(deps, tenantId, send);
  const earlyMs = dueAtMs(standing, settings.leaseMs) - deps.now();
  if (earlyMs > 0) return earlyMs <= nearMs ? retryAfter(Math.ceil(earlyMs / 1_000)) : ack;

  const connection = await loadConnection(deps, tenantId, send.connectionId);
  if (!connection) {
    await abandonDirect(scope, id, "The connection it was to go out by was removed.");
    return finish(deps, tenantId, send);
  }
  if (
    message.state !== "unknown" &&
    send.attachmentsKey &&
    !(await hasAttachments(deps, send.attachmentsKey))
  ) {
    await abandonDirect(scope, id, "Its attachments are no longer in storage.");
    return finish(deps, tenantId, send);
  }
  if (message.state === "queued") {
    if (deps.now() - send.sendAt.getTime() > giveUpMs) {
      await abandonDirect(
        scope,
        id,
        `It could not leave for a day: ${message.reason || "nobody came to send it"}`,
      );
      return finish(deps, tenantId, send);
    }
    const waitMs = await waitForTurn(deps, tenantId, connection.id);
    if (waitMs > 0) return putOff(deps, tenantId, standing, "waits for its turn", waitMs);
  }
  const job = directJob(deps, tenantId, standing, connection, settings);
  if (message.state !== "queued") await recover(job);
  const isMine = !job.refusal && (await sendClaimed(job, standing));
  if (job.refusal) return standBack(job, standing, job.refusal);

  const left = await leftToDo(job);
  deps.log("direct.sent", { id, ...job.done, open: left.open, ms: deps.now() - send.sendAt.getTime() });
  if (left.open === 0) return finish(deps, tenantId, send);
  // Whoever held the claim sees to what is left of it; the sweep sees to the rest.
  if (isMine) await enqueueDirect(deps, [{ tenantId, id, atMs: left.dueAtMs }]);
  return ack;
}

/** Settled, or in doubt for so long that no report will come. */
function isOver({ message }: StandingDirectSend, nowMs: number): boolean {
  if (message.state === "unknown") return nowMs - (message.claimedAt?.getTime() ?? 0) > giveUpMs;
  return message.state !== "queued" && message.state !== "sending";
}

/** When somebody should be at work on it: a claim in force is not disturbed. */
function dueAtMs({ send, message }: StandingDirectSend, leaseMs: number): number {
  if (message.state === "sending") return (message.claimedAt?.getTime() ?? 0) + leaseMs + 1;
  return Math.max(send.sendAt.getTime(), message.notBefore?.getTime() ?? 0);
}

/** False where another attempt was faster. */
async function sendClaimed(job: ChunkJob, { send }: StandingDirectSend): Promise<boolean> {
  const { deps, scope } = job;
  const attemptId = idToBytes(deps.newId("evt"));
  await claim(scope, job.range, { id: attemptId, connectionId: job.connectionId }, new Date(deps.now()));
  const row = await claimedDirect(scope, send.id, attemptId);
  if (!row) return false;
  const { contactId, messageId, address } = row;
  const skip = { contactId, messageId, address, providerMessageId: null, notBefore: null };
  if (holdsBack(send.channel, row.suppressed))
    await deliver(job, attemptId, [], [{ ...skip, state: "skipped", reason: "suppressed" }]);
  else await deliver(job, attemptId, [letterTo(row)], []);
  return true;
}

/** The connection as a whole said no: everything that goes out by it waits, and this message at most for a day. */
async function standBack(job: ChunkJob, standing: StandingDirectSend, refusal: Refusal): Promise<Verdict> {
  const { deps, scope } = job;
  const { tenantId } = scope;
  const { send } = standing;
  if (deps.now() - send.sendAt.getTime() > giveUpMs) {
    await abandonDirect(scope, send.id, `The provider refused for a day: ${refusal.reason}`);
    return finish(deps, tenantId, send);
  }
  await limiterOf(deps, tenantId, job.connectionId).penalize(refusalDelayMs(refusal));
  const delayMs = refusal.kind === "rejected" ? rejectedDelayMs : refusalDelayMs(refusal);
  return putOff(deps, tenantId, standing, refusal.reason, delayMs);
}

/** A message of its own instead of a retry: waiting is no failure, and the queue counts failures. */
async function putOff(
  deps: Deps,
  tenantId: TenantId,
  { send, message }: StandingDirectSend,
  reason: string,
  delayMs: number,
): Promise<Verdict> {
  const atMs = deps.now() + Math.max(1_000, delayMs);
  const won = await postponeDirect(deps.scope(tenantId), send.id, reason, message.notBefore, new Date(atMs));
  if (won) await enqueueDirect(deps, [{ tenantId, id: send.id, atMs }]);
  return ack;
}

async function finish(deps: Deps, tenantId: TenantId, send: StandingDirectSend["send"]): Promise<Verdict> {
  if (send.attachmentsKey) await dropAttachments(deps, send.attachmentsKey);
  await finishDirect(deps.scope(tenantId), send.id, new Date(deps.now()));
  return ack;
}
