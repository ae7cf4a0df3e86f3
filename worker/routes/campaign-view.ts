/** A campaign and its numbers, as the API shows them. */
import type { Campaign } from "#db/repos/campaigns";
import type { Count } from "#db/repos/ledger-books";
import { tallyOf } from "#db/repos/ledger-books";
import { audienceOf } from "#domain/sending/ledger";

type Times = { readonly startedAt: Date | null; readonly finishedAt: Date | null };
const iso = (date: Date | null) => (date ? date.toISOString() : null);

export function showCampaign(campaign: Campaign, times: Times) {
  return {
    id: campaign.id,
    name: campaign.name,
    template_id: campaign.templateId,
    subject: campaign.subject,
    from_name: campaign.fromName,
    from_email: campaign.fromEmail,
    reply_to: campaign.replyTo,
    connection_id: campaign.connectionId,
    audience: campaign.audience,
    track_opens: campaign.trackOpens,
    track_clicks: campaign.trackClicks,
    state: campaign.state,
    pause_reason: campaign.pauseReason,
    pause_detail: campaign.pauseDetail,
    scheduled_at: iso(campaign.scheduledAt),
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
    balances: audienceOf(states) === audience && (run.audienceSize === null || run.audienceSize === audience),
  };
}
