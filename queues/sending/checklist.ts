/** Gathers what readiness is judged by; used while composing, when scheduling and at launch, so that all three agree. */
import { type AudienceCount, countAudience } from "#db/audience-sql";
import type { Campaign } from "#db/repos/campaigns";
import { defaultConnection, findConnection } from "#db/repos/connections";
import { listFields } from "#db/repos/fields";
import { getTemplate } from "#db/repos/templates";
import { getTenant } from "#db/repos/tenants";
import { isEmpty } from "#domain/campaign/audience";
import { checkReadiness } from "#domain/campaign/readiness";
import type { TenantId } from "#domain/ids";
import { checkContent } from "#domain/message/check";
import type { Content } from "#domain/message/compile";
import type { Deps } from "../deps.ts";

export async function checklistOf(deps: Deps, tenantId: TenantId, campaign: Campaign) {
  const scope = deps.scope(tenantId);
  const chosen = !isEmpty(campaign.audience);
  const [tenant, template, connection, fields, audience] = await Promise.all([
    getTenant(scope),
    campaign.templateId ? getTemplate(scope, campaign.templateId) : undefined,
    campaign.connectionId
      ? findConnection(scope, campaign.connectionId)
      : defaultConnection(scope, campaign.channel),
    listFields(scope),
    chosen ? countAudience(scope, campaign.audience, campaign.channel, new Date(deps.now())) : undefined,
  ]);
  const content: Content | undefined = template && {
    subject: campaign.subject || template.content.subject,
    preheader: template.content.preheader,
    html: template.content.html,
    text: template.content.text,
    defaults: template.content.defaults,
    postalAddress: tenant.postalAddress,
  };
  const problems = content
    ? checkContent(content, { fields: fields.map((f) => f.key), tenantName: tenant.name, nowMs: deps.now() })
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
  return { checks, content, tenant, connection, audience: audience ? showCount(audience) : null };
}

function showCount(count: AudienceCount) {
  return { audience: count.audience, to_send: count.to_send, skipped: { ...count.skipped } };
}
