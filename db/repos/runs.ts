/** Runs: one sending of one campaign with everything a recipient will see, frozen. */
import { and, asc, desc, eq, isNull } from "drizzle-orm";
import type { CampaignId, RunId } from "#domain/ids";
import { campaigns, links, runs } from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";

export type Run = typeof runs.$inferSelect;
export type NewRun = Omit<typeof runs.$inferInsert, "tenantId">;

/** Writes a run and its link table, inside the launch's transaction. */
export async function createRun(scope: TenantDb, run: NewRun, urls: readonly string[]): Promise<void> {
  await scope.insert(runs, run);
  if (urls.length > 0) {
    await scope.insert(
      links,
      urls.map((url, position) => ({ runId: run.id, position, url })),
    );
  }
}

export async function getRun(scope: TenantDb, id: RunId): Promise<Run | undefined> {
  const [row] = await scope.select(runs, eq(runs.id, id));
  return row;
}

export async function latestRunOf(scope: TenantDb, campaignId: CampaignId): Promise<Run | undefined> {
  const [row] = await scope.select(runs, eq(runs.campaignId, campaignId)).orderBy(desc(runs.id)).limit(1);
  return row;
}

/** Runs that are being sent, paused ones left out. */
export async function openRunIds(scope: TenantDb): Promise<RunId[]> {
  const rows = await scope
    .pick({ id: runs.id }, runs, isNull(runs.finishedAt))
    .innerJoin(
      campaigns,
      scope.on(campaigns, and(eq(campaigns.id, runs.campaignId), eq(campaigns.state, "sending"))),
    );
  return rows.map((row) => row.id);
}

/** How a run's campaign stands now: asked before anything is sent. */
export async function runState(scope: TenantDb, id: RunId) {
  const [row] = await scope
    .pick(
      {
        state: campaigns.state,
        pauseReason: campaigns.pauseReason,
        frozenAt: runs.frozenAt,
        startedAt: runs.startedAt,
        finishedAt: runs.finishedAt,
      },
      runs,
      eq(runs.id, id),
    )
    .innerJoin(campaigns, scope.on(campaigns, eq(campaigns.id, runs.campaignId)));
  return row;
}

export async function markFrozen(scope: TenantDb, id: RunId, at: Date): Promise<void> {
  await scope.update(runs, { frozenAt: at }, and(eq(runs.id, id), isNull(runs.frozenAt)));
}

/** Kept from the first count on: whatever is counted later is held against it. */
export async function markAudienceSize(scope: TenantDb, id: RunId, size: number): Promise<void> {
  await scope.update(runs, { audienceSize: size }, and(eq(runs.id, id), isNull(runs.audienceSize)));
}

/** `null` opens a finished run again, when failed messages are to be retried. */
export async function markFinished(scope: TenantDb, id: RunId, at: Date | null): Promise<void> {
  await scope.update(runs, { finishedAt: at }, eq(runs.id, id));
}

export async function linksOf(scope: TenantDb, id: RunId) {
  return scope.select(links, eq(links.runId, id)).orderBy(asc(links.position));
}
