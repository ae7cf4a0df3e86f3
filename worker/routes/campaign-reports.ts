/** The books and the report of a campaign, and its live picture. */
import { countByState, waitingRows } from "#db/repos/ledger-books";
import {
  bounceReasons,
  engagementOf,
  eventsByHour,
  ledgerRows,
  linkClicks,
  machineClicked,
  machineHits,
} from "#db/repos/reports";
import { getRun, type Run } from "#db/repos/runs";
import type { TenantDb } from "#db/scope";
import { type CampaignId, isId } from "#domain/ids";
import { fail, ok, type Result } from "#domain/result";
import { sendSettingsFrom } from "#domain/sending/settings";
import { coordinatorOf, liveRequest } from "#queues/live";
import { ledgerFile } from "../campaign/ledger-file.ts";
import { smsReport } from "../campaign/sms-report.ts";
import { problem } from "../problem.ts";
import { createRouter } from "../router.ts";
import * as contract from "./campaign-reports.schema.ts";
import { showBooks, showMessage } from "./campaign-view.ts";
import { oneCampaign } from "./campaigns.ts";

export const campaignReports = createRouter();

export async function runOf(scope: TenantDb, id: CampaignId): Promise<Result<Run>> {
  const found = await oneCampaign(scope, id);
  if (!found.ok) return found;
  const run = found.value.runId ? await getRun(scope, found.value.runId) : undefined;
  return run
    ? ok(run)
    : fail({ kind: "wrong_state", what: "campaign", state: found.value.state, wanted: "launched" });
}

async function booksOf(scope: TenantDb, run: Run, nowMs: number) {
  const [counts, waiting] = await Promise.all([
    countByState(scope, run.id),
    waitingRows(scope, run.id, new Date(nowMs)),
  ]);
  return showBooks(counts, waiting, run);
}

campaignReports.openapi(contract.campaignReconciliation, async (c) => {
  const run = await runOf(c.var.scope, c.req.valid("param").id);
  if (!run.ok) return problem(c, run.error);
  return c.json(await booksOf(c.var.scope, run.value, c.var.deps.now()), 200);
});

campaignReports.openapi(contract.campaignReport, async (c) => {
  const { scope } = c.var;
  const run = await runOf(scope, c.req.valid("param").id);
  if (!run.ok) return problem(c, run.error);
  const { id } = run.value;
  const [books, engagement, links, hours, bounces, machines, clickedByMachines, sms] = await Promise.all([
    booksOf(scope, run.value, c.var.deps.now()),
    engagementOf(scope, id),
    linkClicks(scope, id),
    eventsByHour(scope, id),
    bounceReasons(scope, id),
    machineHits(scope, id),
    machineClicked(scope, id),
    run.value.channel === "sms" ? smsReport(scope, id) : null,
  ]);
  const { opened, clicked, machineOpened, unsubscribed } = engagement;
  return c.json(
    {
      reconciliation: books,
      opened,
      clicked,
      machine_opened: machineOpened || 0,
      machine_clicked: clickedByMachines,
      machines,
      unsubscribed,
      links: links.map(({ machineClicks, ...link }) => ({ ...link, machine_clicks: machineClicks })),
      hours,
      bounces,
      sms,
    },
    200,
  );
});

campaignReports.openapi(contract.campaignMessages, async (c) => {
  const { limit, cursor, state, reason, waiting } = c.req.valid("query");
  const run = await runOf(c.var.scope, c.req.valid("param").id);
  if (!run.ok) return problem(c, run.error);
  if (cursor && !isId("ctc", cursor))
    return problem(c, {
      kind: "invalid",
      errors: [{ pointer: "cursor", detail: "not a cursor of this list" }],
    });
  const after = cursor && isId("ctc", cursor) ? cursor : undefined;
  const rows = await ledgerRows(c.var.scope, run.value.id, {
    state,
    reason,
    waitingAt: waiting ? new Date(c.var.deps.now()) : undefined,
    after,
    limit: limit + 1,
  });
  const page = rows.slice(0, limit);
  const windowMs = sendSettingsFrom(c.var.deps.env.SEND_SETTINGS).evidenceWindowMs;
  const data = page.map((row) => showMessage(row, windowMs));
  return c.json({ data, next_cursor: rows.length > limit ? (page.at(-1)?.contactId ?? null) : null }, 200);
});

campaignReports.openapi(contract.campaignMessageFile, async (c) => {
  const campaign = await oneCampaign(c.var.scope, c.req.valid("param").id);
  if (!campaign.ok) return problem(c, campaign.error);
  const run = await runOf(c.var.scope, campaign.value.id);
  if (!run.ok) return problem(c, run.error);
  const { state, reason, waiting } = c.req.valid("query");
  const waitingAt = waiting ? new Date(c.var.deps.now()) : undefined;
  return ledgerFile(c.var.scope, run.value.id, campaign.value.name, { state, reason, waitingAt });
});

campaignReports.openapi(contract.campaignLive, async (c) => {
  const { deps, tenantId, scope } = c.var;
  const run = await runOf(scope, c.req.valid("param").id);
  if (!run.ok) return problem(c, run.error);
  // The object's name carries the tenant: a socket cannot be pointed at another tenant's run.
  const request = liveRequest(c.req.raw, tenantId, run.value);
  return coordinatorOf(deps, tenantId, run.value.id).fetch(request) as never;
});
