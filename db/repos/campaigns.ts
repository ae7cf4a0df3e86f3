/** Campaigns: drafts and what became of them. State moves only by compare-and-set. */
import { and, desc, eq, inArray, lt, type SQL, sql } from "drizzle-orm";
import type { CampaignState, PauseReason } from "#domain/campaign/state";
import type { Channel } from "#domain/contact/consent";
import type { CampaignId, ConnectionId, RunId, SegmentId } from "#domain/ids";
import { campaigns, runs } from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";

export type Campaign = typeof campaigns.$inferSelect;
export type NewCampaign = Omit<typeof campaigns.$inferInsert, "tenantId">;
export type CampaignEdit = Partial<
  Pick<
    Campaign,
    | "name"
    | "templateId"
    | "subject"
    | "fromName"
    | "fromEmail"
    | "replyTo"
    | "sender"
    | "connectionId"
    | "audience"
    | "trackOpens"
    | "trackClicks"
    | "ignoresPolicy"
  >
>;

export async function createCampaign(scope: TenantDb, campaign: NewCampaign): Promise<void> {
  await scope.insert(campaigns, campaign);
}

export async function getCampaign(scope: TenantDb, id: CampaignId): Promise<Campaign | undefined> {
  const [row] = await scope.select(campaigns, eq(campaigns.id, id));
  return row;
}

export type CampaignFilter = {
  readonly state?: CampaignState | undefined;
  readonly channel?: Channel | undefined;
  readonly search?: string | undefined;
  readonly before?: CampaignId | undefined;
  readonly limit: number;
};
/** Newest first, each with the times of its run. */
export async function listCampaigns(scope: TenantDb, filter: CampaignFilter) {
  const where: SQL | undefined = and(
    filter.state ? eq(campaigns.state, filter.state) : undefined,
    filter.channel ? eq(campaigns.channel, filter.channel) : undefined,
    filter.search ? sql`${campaigns.name} like ${`%${escapeLike(filter.search)}%`}` : undefined,
    filter.before ? lt(campaigns.id, filter.before) : undefined,
  );
  return scope
    .pick({ campaign: campaigns, startedAt: runs.startedAt, finishedAt: runs.finishedAt }, campaigns, where)
    .leftJoin(runs, scope.on(runs, eq(runs.id, campaigns.runId)))
    .orderBy(desc(campaigns.id))
    .limit(filter.limit);
}

export async function runTimes(scope: TenantDb, runId: RunId | null) {
  if (!runId) return { startedAt: null, finishedAt: null };
  const [row] = await scope.pick(
    { startedAt: runs.startedAt, finishedAt: runs.finishedAt },
    runs,
    eq(runs.id, runId),
  );
  return row ?? { startedAt: null, finishedAt: null };
}

/** Edits a campaign that still may be edited and that nobody changed meanwhile; false where one of both is not so. */
export async function editCampaign(
  scope: TenantDb,
  id: CampaignId,
  revision: number,
  edit: CampaignEdit,
  now: Date,
): Promise<boolean> {
  const result = await scope.update(
    campaigns,
    { ...edit, revision: sql`${campaigns.revision} + 1`, updatedAt: now },
    and(
      eq(campaigns.id, id),
      eq(campaigns.revision, revision),
      inArray(campaigns.state, ["draft", "scheduled"]),
    ),
  );
  return result.rowsAffected === 1;
}

export type Move = {
  readonly scheduledAt?: Date | null;
  readonly scheduledLocal?: boolean;
  readonly runId?: RunId;
  readonly pauseReason?: PauseReason | null;
  readonly pauseDetail?: string;
  /** When a pause ends by itself; every move without it ends the wait. */
  readonly resumeAt?: Date | null;
};
/** The compare-and-set: true for the one caller whose move it was. */
export async function moveCampaign(
  scope: TenantDb,
  id: CampaignId,
  from: CampaignState | readonly CampaignState[],
  to: CampaignState,
  now: Date,
  also: Move = {},
  /** Where the decision was made on a reading: what was read must still stand. */
  revision?: number,
): Promise<boolean> {
  const states = typeof from === "string" ? [from] : [...from];
  const result = await scope.update(
    campaigns,
    { state: to, updatedAt: now, resumeAt: null, revision: sql`${campaigns.revision} + 1`, ...also },
    and(
      eq(campaigns.id, id),
      inArray(campaigns.state, states),
      revision === undefined ? undefined : eq(campaigns.revision, revision),
    ),
  );
  return result.rowsAffected === 1;
}

export async function deleteDraft(scope: TenantDb, id: CampaignId): Promise<boolean> {
  const result = await scope.delete(
    campaigns,
    sql`${eq(campaigns.id, id)} and ${eq(campaigns.state, "draft")}`,
  );
  return result.rowsAffected === 1;
}

/** Whether a campaign that has yet to finish goes out by this connection. */
export async function connectionInUse(scope: TenantDb, id: ConnectionId): Promise<boolean> {
  const waiting: CampaignState[] = ["scheduled", "preparing", "sending", "paused"];
  const [row] = await scope
    .pick(
      { id: campaigns.id },
      campaigns,
      and(eq(campaigns.connectionId, id), inArray(campaigns.state, waiting)),
    )
    .limit(1);
  return row !== undefined;
}

/** The waiting campaign whose audience names this segment, if any. */
export async function campaignUsingSegment(
  scope: TenantDb,
  id: SegmentId,
): Promise<{ name: string } | undefined> {
  const waiting: CampaignState[] = ["scheduled", "preparing"];
  const names = sql`(json_contains(${campaigns.audience}, json_quote(${id}), '$.segments') or json_contains(${campaigns.audience}, json_quote(${id}), '$.exclude_segments'))`;
  const [row] = await scope
    .pick({ name: campaigns.name }, campaigns, and(inArray(campaigns.state, waiting), names))
    .limit(1);
  return row;
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, (c) => `\\${c}`);
}
