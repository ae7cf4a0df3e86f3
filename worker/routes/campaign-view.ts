/** A campaign and its numbers, as the API shows them. */
import type { Campaign } from "#db/repos/campaigns";
import { type Count, tallyOf, type Waiting } from "#db/repos/ledger-books";
import type { LedgerRow } from "#db/repos/reports";
import { waitingReason } from "#domain/sending/hold";
import { audienceOf } from "#domain/sending/ledger";

type Times = { readonly startedAt: Date | null; readonly finishedAt: Date | null };
const iso = (date: Date | null) => (date ? date.toISOString() : null);

export function showCampaign(campaign: Campaign, times: Times) {
  return {
    id: campaign.id,
    channel: campaign.channel,
    name: campaign.name,
    template_id: campaign.templateId,
    subject: campaign.subject,
    from_name: campaign.fromName,
    from_email: campaign.fromEmail,
    reply_to: campaign.replyTo,
    sender: campaign.sender,
    connection_id: campaign.connectionId,
    audience: campaign.audience,
    track_opens: campaign.trackOpens,
    track_clicks: campaign.trackClicks,
    state: campaign.state,
    pause_reason: campaign.pauseReason,
    pause_detail: campaign.pauseDetail,
    ignores_policy: campaign.ignoresPolicy,
    scheduled_at: iso(campaign.scheduledAt),
    scheduled_local: campaign.scheduledLocal,
    resume_at: iso(campaign.resumeAt),
    started_at: iso(times.startedAt),
    finished_at: iso(times.finishedAt),
    revision: campaign.revision,
    created_at: campaign.createdAt.toISOString(),
    updated_at: campaign.updatedAt.toISOString(),
  };
}

function byReason(counts: readonly Count[], state: Count["state"]): Record<string, number> {
  const out: Record<string, number> = {};
  for (const c of counts) if (c.state === state) out[c.reason] = (out[c.reason] ?? 0) + c.count;
  return out;
}

/** The books balance when every row is in a known state and the audience is as large as it was when it was frozen. */
export function showBooks(
  counts: readonly Count[],
  waiting: readonly Waiting[],
  run: { frozenAt: Date | null; audienceSize: number | null },
) {
  const states = tallyOf(counts);
  const audience = counts.reduce((sum, c) => sum + c.count, 0);
  return {
    audience,
    frozen: run.frozenAt !== null,
    states: { ...states },
    skipped: byReason(counts, "skipped"),
    failed: byReason(counts, "failed"),
    unknown: byReason(counts, "unknown"),
    waiting: waiting.map(({ reason, people, firstAt, lastAt }) => ({
      why: waitingReason(reason),
      reason,
      people,
      first_at: firstAt.toISOString(),
      last_at: lastAt.toISOString(),
    })),
    balances: audienceOf(states) === audience && (run.audienceSize === null || run.audienceSize === audience),
  };
}

/** `windowMs`: how long reports of the provider are waited for before a message of unknown outcome may be tried again. */
export function showMessage(row: LedgerRow, windowMs: number) {
  return {
    id: row.id,
    contact_id: row.contactId,
    address: row.address,
    state: row.state,
    reason: row.reason,
    tries: row.tries,
    provider_message_id: row.providerMessageId,
    segments: row.segments,
    not_before: row.state === "queued" ? iso(row.notBefore) : null,
    held_since: row.state === "queued" ? iso(row.heldSince) : null,
    claimed_at: iso(row.claimedAt),
    evidence_until:
      row.state === "unknown" && row.claimedAt ? iso(new Date(row.claimedAt.getTime() + windowMs)) : null,
    accepted_at: iso(row.acceptedAt),
    opened_at: iso(row.openedAt),
    clicked_at: iso(row.clickedAt),
  };
}
