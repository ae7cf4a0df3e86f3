/** Gathers what readiness is judged by; used while composing, when scheduling and at launch, so that all three agree. */
import { type AudienceCount, countAudience } from "#db/audience-sql";
import type { Campaign } from "#db/repos/campaigns";
import { listFields } from "#db/repos/fields";
import { getTemplate } from "#db/repos/templates";
import { getTenant } from "#db/repos/tenants";
import { isEmpty } from "#domain/campaign/audience";
import { checkReadiness } from "#domain/campaign/readiness";
import type { TenantId } from "#domain/ids";
import { checkContent } from "#domain/message/check";
import type { Content } from "#domain/message/compile";
import type { Deps } from "../deps.ts";
import { campaignWays } from "./campaign-ways.ts";
import { smsChecks } from "./sms-checklist.ts";

export async function checklistOf(deps: Deps, tenantId: TenantId, campaign: Campaign) {
  const scope = deps.scope(tenantId);
  const chosen = !isEmpty(campaign.audience);
  const { channel } = campaign;
  const [tenant, named, ways, fields, audience] = await Promise.all([
    getTenant(scope),
    campaign.templateId ? getTemplate(scope, campaign.templateId) : undefined,
    campaignWays(scope, campaign),
    listFields(scope),
    chosen ? countAudience(scope, campaign.audience, channel, new Date(deps.now())) : undefined,
  ]);
  const template = named?.template.channel === channel ? named : undefined;
  const content: Content | undefined = template && {
    subject: campaign.subject || template.content.subject,
    preheader: template.content.preheader,
    html: template.content.html,
    text: template.content.text,
    defaults: template.content.defaults,
    postalAddress: tenant.postalAddress,
  };
  const [connection] = ways;
  const keys = fields.map((f) => f.key);
  const shared = { content, tenant, connection, ways, audience: audience ? showCount(audience) : null };
  if (channel === "sms") {
    const facts = { campaign, tenant, template, ways, fields: keys, chosen, toSend: audience?.to_send };
    return { ...shared, ...(await smsChecks(deps, scope, facts)) };
  }
  const problems = content
    ? checkContent(content, { fields: keys, tenantName: tenant.name, nowMs: deps.now() })
    : [];
  const ownLines = new Set(["no_unsubscribe", "no_postal_address"]);
  const words = (severity: "error" | "warning") =>
    problems
      .filter((p) => p.severity === severity && !ownLines.has(p.code))
      .map((p) => (p.line === null ? p.message : `${p.message} (${p.part}, line ${p.line})`));
  const checks = checkReadiness({
    fromEmail: campaign.fromEmail || tenant.fromEmail,
    connection,
    template: template?.template,
    subject: content?.subject ?? "",
    audience: { chosen, toSend: audience?.to_send },
    contentErrors: words("error"),
    contentWarnings: words("warning"),
    hasUnsubscribeLink: !problems.some((p) => p.code === "no_unsubscribe"),
    postalAddress: tenant.postalAddress,
  });
  return { ...shared, checks, optOut: "", estimate: null };
}

function showCount(count: AudienceCount) {
  return { audience: count.audience, to_send: count.to_send, skipped: { ...count.skipped } };
}
