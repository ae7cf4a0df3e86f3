/** Transactional messages that are due and that nobody is at work on: their queue message was lost, or their worker died. */
import { sendSettingsFrom } from "#domain/sending/settings";
import type { Deps } from "../deps.ts";
import { enqueueDirect, queueHorizonSeconds } from "../direct/enqueue.ts";

/** A queue delivers within seconds; a message untouched for this long is looked at again. Twice costs nothing. */
const lostAfterMs = 30_000;
/** Until the next sweep comes. */
const periodMs = 60_000;
const perSweep = 5_000;

export async function sweepDirect(deps: Pick<Deps, "env" | "system" | "now">): Promise<void> {
  const settings = sendSettingsFrom(deps.env.SEND_SETTINGS);
  const nowMs = deps.now();
  const before = (ageMs: number) => new Date(nowMs - ageMs);
  const due = await deps.system.dueDirectSends(
    {
      lostBefore: before(lostAfterMs),
      leaseOverBefore: before(settings.leaseMs),
      evidenceBefore: before(settings.evidenceWindowMs),
      aheadUntil: new Date(nowMs + periodMs),
    },
    queueHorizonSeconds,
    perSweep,
  );
  await enqueueDirect(
    deps,
    due.map(({ tenantId, id, sendAtMs }) => ({ tenantId, id, atMs: sendAtMs })),
  );
}
