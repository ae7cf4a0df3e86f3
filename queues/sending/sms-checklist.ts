/** What a campaign of text messages is judged by: who it is from, what it says to a sample of its people, what it costs. */
import { audienceSample } from "#db/audience-sql";
import type { Campaign } from "#db/repos/campaigns";
import type { ConnectionRow } from "#db/repos/connections";
import type { VersionedTemplate } from "#db/repos/templates";
import type { Tenant } from "#db/repos/tenants";
import type { TenantDb } from "#db/scope";
import type { Check } from "#domain/campaign/readiness";
import { checkSmsReadiness } from "#domain/campaign/sms-readiness";
import { optOutFor, senderAt, senderProblemWords } from "#domain/sms/campaign-sender";
import { checkSms } from "#domain/sms/check";
import { type Forecast, forecast, priceOf } from "#domain/sms/forecast";
import type { Deps } from "../deps.ts";

/** Enough to meet long names and other alphabets, few enough to be rendered while somebody types. */
const sampleSize = 200;

export type SmsGathered = {
  readonly campaign: Campaign;
  readonly tenant: Tenant;
  readonly template: VersionedTemplate | undefined;
  readonly ways: readonly ConnectionRow[];
  readonly fields: readonly string[];
  readonly chosen: boolean;
  readonly toSend: number | undefined;
};
export type SmsEstimate = Forecast & {
  readonly opt_out: "keyword" | "link";
  readonly opt_out_line: string;
};

export async function smsChecks(
  deps: Deps,
  scope: TenantDb,
  gathered: SmsGathered,
): Promise<{ checks: Check[]; optOut: string; estimate: SmsEstimate | null }> {
  const { campaign, tenant, template, ways, fields, chosen, toSend } = gathered;
  const optOut = optOutFor(tenant.smsOptOut, ways, campaign.sender);
  const nowMs = deps.now();
  const sample =
    template && chosen
      ? await audienceSample(scope, campaign.audience, "sms", new Date(nowMs), sampleSize)
      : [];
  const found =
    template &&
    checkSms(template.content, {
      trackClicks: campaign.trackClicks,
      optOut: optOut.line,
      fields,
      tenantName: tenant.name,
      nowMs,
      origin: deps.publicOrigin,
      sample,
    });
  const worst = found?.worst;
  const cost =
    worst && found && toSend !== undefined
      ? forecast(
          { encoding: worst.encoding, worst: worst.segments, mean: found.meanSegments },
          toSend,
          priceOf(ways),
        )
      : undefined;
  const words = (severity: "error" | "warning") =>
    (found?.problems ?? [])
      .filter((p) => p.severity === severity)
      .map((p) => (p.line === null ? p.message : `${p.message} (line ${p.line})`));
  const checks = checkSmsReadiness({
    connections: ways,
    senders: ways.map((way) => {
      const read = senderAt(way, campaign.sender);
      return {
        connection: way.name,
        shown: read.ok ? read.shown : "",
        problem: read.ok ? "" : senderProblemWords[read.problem],
      };
    }),
    template: template?.template,
    audience: { chosen, toSend },
    contentErrors: words("error"),
    contentWarnings: words("warning"),
    optOut,
    forecast: cost,
  });
  const estimate = cost ? { ...cost, opt_out: optOut.by, opt_out_line: optOut.line } : null;
  return { checks, optOut: optOut.line, estimate };
}
