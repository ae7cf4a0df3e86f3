/** The zones of a campaign's audience, and when a send at everybody's own time reaches each. */
import { audienceZones } from "#db/audience-sql";
import { getCampaign } from "#db/repos/campaigns";
import { getTenant } from "#db/repos/tenants";
import { launchMs, personsMoment } from "#domain/campaign/local-time";
import type { CampaignId } from "#domain/ids";
import { fail, ok } from "#domain/result";
import { firstZone, isZone, momentOf, wallTime } from "#domain/sending/zone-clock";
import type { Act } from "../settings/act.ts";

export async function localTimes({ scope, deps }: Act, id: CampaignId, wanted: Date | undefined) {
  const campaign = await getCampaign(scope, id);
  if (!campaign) return fail({ kind: "not_found", what: "campaign" });
  const at = wanted ?? campaign.scheduledAt ?? new Date(deps.now());
  const [tenant, counts] = await Promise.all([
    getTenant(scope),
    audienceZones(scope, campaign.audience, campaign.channel, new Date(deps.now())),
  ]);
  const localTime = wallTime(tenant.timeZone, at.getTime());
  const launchesAtMs = Math.max(
    deps.now(),
    launchMs({ scheduledAt: at, scheduledLocal: true }, tenant.timeZone),
  );
  const zones = new Map<string, { people: number; assumed: number }>();
  for (const { timeZone, people } of counts) {
    const zone = firstZone(timeZone, tenant.timeZone);
    const known = zones.get(zone) ?? { people: 0, assumed: 0 };
    const assumed = isZone(timeZone) ? 0 : people;
    zones.set(zone, { people: known.people + people, assumed: known.assumed + assumed });
  }
  const shown = [...zones].map(([zone, count]) => ({
    time_zone: zone,
    ...count,
    sends_at: new Date(momentOf(zone, localTime)).toISOString(),
    at_once: personsMoment(localTime, zone, launchesAtMs) === null,
  }));
  shown.sort((a, b) => a.sends_at.localeCompare(b.sends_at) || b.people - a.people);
  return ok({ local_time: localTime, launches_at: new Date(launchesAtMs).toISOString(), zones: shown });
}
