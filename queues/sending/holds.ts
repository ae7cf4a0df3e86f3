/** Caps and quiet hours, asked of rows that are claimed and about to go: who waits is put back, who waits in vain is left out. */
import type { AttemptRow } from "#db/repos/ledger";
import { type HeldRow, holdRows, type Recent, recentMessages } from "#db/repos/ledger-holds";
import type { TenantDb } from "#db/scope";
import type { ContactId } from "#domain/ids";
import { capWindowMs } from "#domain/sending/cap";
import { holdFor } from "#domain/sending/hold";
import type { SkipReason } from "#domain/sending/ledger";
import { firstZone } from "#domain/sending/zone-clock";
import type { Deps } from "../deps.ts";
import type { FrozenRun } from "./frozen-run.ts";

const nothing: Recent = { sentMs: [], underWay: [] };

/** Whoever is named here does not go now: `held` rows are in the queue again, the others are to be skipped. */
export async function heldBack(
  job: { readonly deps: Pick<Deps, "now">; readonly scope: TenantDb },
  frozen: Pick<FrozenRun, "run" | "policy" | "holdAtMostHours" | "tenantZone">,
  attemptId: Uint8Array,
  rows: readonly AttemptRow[],
): Promise<Map<ContactId, "held" | SkipReason>> {
  const out = new Map<ContactId, "held" | SkipReason>();
  const { run, policy, holdAtMostHours, tenantZone } = frozen;
  if (!policy || rows.length === 0) return out;
  const { scope, deps } = job;
  const nowMs = deps.now();
  const recent = policy.cap
    ? await recentMessages(
        scope,
        run.id,
        run.channel,
        rows.map((row) => row.contactId),
        new Date(nowMs - capWindowMs(policy.cap)),
      )
    : new Map<ContactId, Recent>();
  const held: HeldRow[] = [];
  for (const row of rows) {
    const { sentMs, underWay } = recent.get(row.contactId) ?? nothing;
    const facts = {
      zone: firstZone(row.person?.timeZone ?? "", tenantZone),
      sentMs,
      underWay: underWay.length,
      isEldest: underWay.every((other) => row.messageId < other),
      heldSinceMs: row.heldSince?.getTime(),
    };
    const verdict = holdFor(policy, holdAtMostHours, facts, nowMs);
    if (verdict.do === "send") continue;
    out.set(row.contactId, verdict.do === "hold" ? "held" : verdict.reason);
    if (verdict.do === "hold") {
      const { contactId, messageId, address } = row;
      held.push({ contactId, messageId, address, reason: verdict.reason, until: new Date(verdict.untilMs) });
    }
  }
  await holdRows(scope, run.id, attemptId, held, new Date(nowMs));
  return out;
}
