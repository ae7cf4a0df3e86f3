/** What happened with a person, as a list that reads from the newest down. */
import type { Contact } from "#db/repos/contacts";
import type { Timeline, TimelineCampaign } from "#db/repos/timeline";
import type { ConsentStatus } from "#domain/contact/consent";
import { mintedAtMs } from "#domain/ids";
import type { EventKind } from "#domain/tracking/event";

const eventTitles = {
  accepted: "Handed to the provider",
  delivered: "Delivered",
  deferred: "Delayed",
  bounced: "Bounced",
  complained: "Marked as spam",
  opened: "Opened",
  clicked: "Clicked",
  unsubscribed: "Unsubscribed",
  failed: "Failed",
} as const satisfies Record<EventKind, string>;
const consentTitles = {
  none: "consent unknown",
  pending: "consent asked for",
  subscribed: "subscribed",
  unsubscribed: "unsubscribed",
} as const satisfies Record<ConsentStatus, string>;

const about = (title: string, campaign: TimelineCampaign | undefined) =>
  campaign ? `${title}: ${campaign.name}` : title;

export function timelineJson(contact: Contact, timeline: Timeline, limit: number) {
  const campaignOf = (sourceId: Timeline["messages"][number]["sourceId"]) => timeline.campaigns.get(sourceId);
  const messages = timeline.messages.map((m) => {
    const skipped = m.state === "skipped";
    const campaign = campaignOf(m.sourceId);
    return {
      at: new Date(mintedAtMs(m.id)),
      kind: skipped ? ("skipped" as const) : ("queued" as const),
      title: about(skipped ? "Left out" : "In the audience", campaign),
      detail: skipped ? m.reason.replaceAll("_", " ") : "",
      machine: false,
      campaign_id: campaign?.id ?? null,
      message_id: m.id,
    };
  });
  const told = new Set(timeline.events.filter((e) => e.kind === "accepted").map((e) => e.messageId));
  const accepted = timeline.messages.flatMap((m) => {
    const campaign = campaignOf(m.sourceId);
    if (!m.acceptedAt || told.has(m.id)) return [];
    const title = about(eventTitles.accepted, campaign);
    const ids = { campaign_id: campaign?.id ?? null, message_id: m.id };
    return [{ at: m.acceptedAt, kind: "accepted" as const, title, detail: "", machine: false, ...ids }];
  });
  const events = timeline.events.map((e) => {
    const campaign = campaignOf(e.sourceId);
    return {
      at: e.at,
      kind: e.kind,
      title: about(eventTitles[e.kind], campaign),
      detail: e.url ?? e.detail,
      machine: e.machine === 1,
      campaign_id: campaign?.id ?? null,
      message_id: e.messageId,
    };
  });
  const nothing = { machine: false, campaign_id: null, message_id: null };
  const proofs = timeline.proofs.map((p) => ({
    at: p.at,
    kind: "consent" as const,
    title: `${p.channel === "email" ? "E-mail" : "SMS"}: ${consentTitles[p.status]}`,
    detail: p.wording === "" ? `by ${p.source}` : `by ${p.source}: ${p.wording}`,
    ...nothing,
  }));
  const created = {
    at: contact.createdAt,
    kind: "created" as const,
    title: "Added",
    detail: `by ${contact.source}`,
    ...nothing,
  };
  return [...proofs, ...events, ...accepted, ...messages, created]
    .sort((a, b) => b.at.getTime() - a.at.getTime())
    .slice(0, limit)
    .map((entry) => ({ ...entry, at: entry.at.toISOString() }));
}
