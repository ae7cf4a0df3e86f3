/** Campaigns: drafts, what they would reach, and what was decided about them. */
import { countAudience } from "#db/audience-sql";
import type { Campaign } from "#db/repos/campaigns";
import {
  deleteDraft,
  editCampaign,
  createCampaign as insertCampaign,
  getCampaign as readCampaign,
  listCampaigns as readCampaigns,
  runTimes,
} from "#db/repos/campaigns";
import { headlines } from "#db/repos/reports";
import { getTenant } from "#db/repos/tenants";
import type { TenantDb } from "#db/scope";
import { audienceSchema } from "#domain/campaign/audience";
import { type CampaignId, isId } from "#domain/ids";
import { fail, ok, type Result } from "#domain/result";
import { checklistOf } from "#queues/sending/checklist";
import { audit } from "../audit.ts";
import { problem } from "../problem.ts";
import { createRouter } from "../router.ts";
import { showCampaign } from "./campaign-view.ts";
import * as contract from "./campaigns.schema.ts";

export const campaigns = createRouter();

export async function oneCampaign(scope: TenantDb, id: CampaignId): Promise<Result<Campaign>> {
  const campaign = await readCampaign(scope, id);
  return campaign ? ok(campaign) : fail({ kind: "not_found", what: "campaign" });
}
export async function viewOf(scope: TenantDb, campaign: Campaign) {
  return showCampaign(campaign, await runTimes(scope, campaign.runId));
}
const etag = (campaign: Campaign) => `"${campaign.revision}"`;

campaigns.openapi(contract.listCampaigns, async (c) => {
  const { limit, cursor, state, channel, search } = c.req.valid("query");
  const before = cursor && isId("cmp", cursor) ? cursor : undefined;
  if (cursor && !before)
    return problem(c, {
      kind: "invalid",
      errors: [{ pointer: "cursor", detail: "not a cursor of this list" }],
    });
  const rows = await readCampaigns(c.var.scope, { state, channel, search, before, limit: limit + 1 });
  const page = rows.slice(0, limit);
  const numbers = await headlines(
    c.var.scope,
    page.flatMap((r) => (r.campaign.runId ? [r.campaign.runId] : [])),
  );
  const data = page.map((row) => ({
    ...showCampaign(row.campaign, { startedAt: row.startedAt, finishedAt: row.finishedAt }),
    numbers: (row.campaign.runId && numbers.get(row.campaign.runId)) || null,
  }));
  return c.json({ data, next_cursor: rows.length > limit ? (page.at(-1)?.campaign.id ?? null) : null }, 200);
});

campaigns.openapi(contract.createCampaign, async (c) => {
  const body = c.req.valid("json");
  const { scope, deps, actor } = c.var;
  const tenant = await getTenant(scope);
  const now = new Date(deps.now());
  const id = deps.newId("cmp");
  await insertCampaign(scope, {
    id,
    name: body.name,
    channel: body.channel,
    sender: body.sender ?? "",
    state: "draft",
    templateId: body.template_id ?? null,
    subject: body.subject ?? "",
    fromName: body.from_name ?? tenant.fromName,
    fromEmail: body.from_email ?? tenant.fromEmail,
    replyTo: body.reply_to ?? tenant.replyTo,
    connectionId: body.connection_id ?? null,
    audience: body.audience ?? audienceSchema.parse({}),
    trackOpens: body.track_opens ?? true,
    trackClicks: body.track_clicks ?? true,
    ignoresPolicy: body.ignores_policy ?? false,
    createdBy: actor.id,
    createdAt: now,
    updatedAt: now,
  });
  await audit(scope, deps, actor, { action: "campaign.create", subject: id, after: { name: body.name } });
  const made = await oneCampaign(scope, id);
  return made.ok
    ? c.json(await viewOf(scope, made.value), 201, { etag: etag(made.value) })
    : problem(c, made.error);
});

campaigns.openapi(contract.getCampaign, async (c) => {
  const found = await oneCampaign(c.var.scope, c.req.valid("param").id);
  if (!found.ok) return problem(c, found.error);
  return c.json(await viewOf(c.var.scope, found.value), 200, { etag: etag(found.value) });
});

campaigns.openapi(contract.updateCampaign, async (c) => {
  const { id } = c.req.valid("param");
  const body = c.req.valid("json");
  const { scope, deps, actor } = c.var;
  const found = await oneCampaign(scope, id);
  if (!found.ok) return problem(c, found.error);
  const before = found.value;
  const wanted = c.req.valid("header")["if-match"];
  if (wanted && wanted !== "*" && wanted !== etag(before))
    return problem(c, { kind: "changed_meanwhile", what: "campaign" });
  if (before.state !== "draft" && before.state !== "scheduled")
    return problem(c, {
      kind: "wrong_state",
      what: "campaign",
      state: before.state,
      wanted: "draft or scheduled",
    });
  if (body.channel !== undefined && body.channel !== before.channel)
    return problem(c, {
      kind: "invalid",
      errors: [{ pointer: "/channel", detail: "The channel of a campaign stays; create another one." }],
    });
  const won = await editCampaign(scope, id, before.revision, editOf(body), new Date(deps.now()));
  if (!won) return problem(c, { kind: "changed_meanwhile", what: "campaign" });
  await audit(scope, deps, actor, { action: "campaign.update", subject: id, after: body });
  const after = await oneCampaign(scope, id);
  return after.ok
    ? c.json(await viewOf(scope, after.value), 200, { etag: etag(after.value) })
    : problem(c, after.error);
});

function editOf(
  body: {
    [K in keyof typeof contract.campaignSchema.shape]?: unknown;
  },
) {
  const names = {
    name: body.name,
    templateId: body.template_id,
    subject: body.subject,
    fromName: body.from_name,
    fromEmail: body.from_email,
    replyTo: body.reply_to,
    sender: body.sender,
    connectionId: body.connection_id,
    audience: body.audience,
    trackOpens: body.track_opens,
    trackClicks: body.track_clicks,
    ignoresPolicy: body.ignores_policy,
  };
  return Object.fromEntries(Object.entries(names).filter(([, value]) => value !== undefined));
}

campaigns.openapi(contract.deleteCampaign, async (c) => {
  const { id } = c.req.valid("param");
  const { scope, deps, actor } = c.var;
  const found = await oneCampaign(scope, id);
  if (!found.ok) return problem(c, found.error);
  if (!(await deleteDraft(scope, id)))
    return problem(c, { kind: "wrong_state", what: "campaign", state: found.value.state, wanted: "draft" });
  await audit(scope, deps, actor, {
    action: "campaign.delete",
    subject: id,
    before: { name: found.value.name },
  });
  return c.body(null, 204);
});

campaigns.openapi(contract.duplicateCampaign, async (c) => {
  const { scope, deps, actor } = c.var;
  const found = await oneCampaign(scope, c.req.valid("param").id);
  if (!found.ok) return problem(c, found.error);
  const { tenantId: _tenant, runId: _run, ...original } = found.value;
  const now = new Date(deps.now());
  const id = deps.newId("cmp");
  const copy = {
    ...original,
    id,
    name: `${original.name} (copy)`.slice(0, 120),
    state: "draft" as const,
    pauseReason: null,
    pauseDetail: "",
    scheduledAt: null,
    scheduledLocal: false,
    resumeAt: null,
    revision: 1,
    createdBy: actor.id,
    createdAt: now,
    updatedAt: now,
  };
  await insertCampaign(scope, copy);
  await audit(scope, deps, actor, {
    action: "campaign.create",
    subject: id,
    after: { copy_of: original.id },
  });
  const made = await oneCampaign(scope, id);
  return made.ok ? c.json(await viewOf(scope, made.value), 201) : problem(c, made.error);
});

campaigns.openapi(contract.campaignAudience, async (c) => {
  const { audience, channel } = c.req.valid("json");
  return c.json(await countAudience(c.var.scope, audience, channel, new Date(c.var.deps.now())), 200);
});

campaigns.openapi(contract.campaignChecklist, async (c) => {
  const found = await oneCampaign(c.var.scope, c.req.valid("param").id);
  if (!found.ok) return problem(c, found.error);
  const { checks, audience, estimate } = await checklistOf(c.var.deps, c.var.tenantId, found.value);
  const ready = checks.every((check) => check.status !== "error");
  return c.json({ ready, items: checks, audience, sms: estimate }, 200);
});
