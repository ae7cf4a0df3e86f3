/** Saved segments, and how many people a rule finds. */
import { and, asc, eq, inArray, isNull, or, sql } from "drizzle-orm";
import type { CampaignState } from "#domain/campaign/state";
import type { ListId, SegmentId } from "#domain/ids";
import type { SegmentRule } from "#domain/segment/schema";
import { skipReasonExpression } from "../audience-sql.ts";
import { segments } from "../schema/audiences.ts";
import { campaigns, runs } from "../schema/campaigns.ts";
import type { TenantDb } from "../scope.ts";
import { segmentSql } from "../segment-sql.ts";
import { type Contact, contactsWhere } from "./contacts.ts";

export type Segment = {
  readonly id: SegmentId;
  readonly name: string;
  readonly rule: SegmentRule;
  /** As last counted. */
  readonly lastCount: number | null;
  readonly countedAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

const shown = {
  id: segments.id,
  name: segments.name,
  rule: segments.rule,
  lastCount: segments.lastCount,
  countedAt: segments.countedAt,
  createdAt: segments.createdAt,
  updatedAt: segments.updatedAt,
};

export async function listSegments(scope: TenantDb): Promise<Segment[]> {
  return scope.pick(shown, segments).orderBy(asc(segments.name));
}

export async function getSegment(scope: TenantDb, id: SegmentId): Promise<Segment | undefined> {
  const [row] = await scope.pick(shown, segments, eq(segments.id, id));
  return row;
}

/** Whether the name was free. */
export async function insertSegment(scope: TenantDb, segment: Segment): Promise<boolean> {
  const { rowsAffected } = await scope.insertMissing(segments, segment);
  return rowsAffected > 0;
}

export type SegmentChange = { readonly name?: string; readonly rule?: SegmentRule; readonly updatedAt: Date };

/** Throws the database's own refusal (db/errors.ts `isDuplicate`) when the name is taken. */
export async function updateSegment(scope: TenantDb, id: SegmentId, change: SegmentChange): Promise<void> {
  // What was counted was another rule.
  const counted = change.rule ? { lastCount: null, countedAt: null } : {};
  await scope.update(segments, { ...change, ...counted }, eq(segments.id, id));
}

export async function deleteSegment(scope: TenantDb, id: SegmentId): Promise<boolean> {
  const { rowsAffected } = await scope.delete(segments, eq(segments.id, id));
  return rowsAffected > 0;
}

export type RuleCount = {
  readonly count: number;
  /** Of these, how many may be written to by e-mail. */
  readonly mailable: number;
};

export async function countRule(scope: TenantDb, rule: SegmentRule, now: Date): Promise<RuleCount> {
  const reason = skipReasonExpression(scope, "email", sql`false`, "c");
  const { rows } = await scope.execute(
    sql`select count(*) as n, count(case when (${reason}) is null then 1 end) as mailable from contacts c
      where ${scope.own("c")} and ${segmentSql(scope, rule, "c", now)}`,
  );
  const row = (rows as { n: string; mailable: string }[])[0];
  return { count: Number(row?.n ?? 0), mailable: Number(row?.mailable ?? 0) };
}

/** The newest people a rule finds. */
export async function sampleRule(
  scope: TenantDb,
  rule: SegmentRule,
  now: Date,
  limit: number,
): Promise<Contact[]> {
  return contactsWhere(scope, segmentSql(scope, rule, "c", now), limit);
}

export async function noteCount(scope: TenantDb, id: SegmentId, count: number, now: Date): Promise<void> {
  await scope.update(segments, { lastCount: count, countedAt: now }, eq(segments.id, id));
}

const waiting = ["draft", "scheduled", "preparing", "paused"] as const satisfies readonly CampaignState[];

/** The name of a campaign whose audience is being drawn from this segment right now. */
export async function freezingCampaignWith(scope: TenantDb, id: SegmentId): Promise<string | undefined> {
  const text = JSON.stringify(id);
  const names = sql`(json_contains(${campaigns.audience}, ${text}, '$.segments') = 1 or json_contains(${campaigns.audience}, ${text}, '$.exclude_segments') = 1)`;
  const [row] = await scope
    .pick(
      { name: campaigns.name },
      campaigns,
      sql`${inArray(campaigns.state, ["preparing", "paused"])} and ${names}`,
    )
    .innerJoin(runs, scope.on(runs, and(eq(runs.id, campaigns.runId), isNull(runs.frozenAt))))
    .limit(1);
  return row?.name;
}

/** The name of a campaign that has not yet drawn its audience from this list or segment for good. */
export async function waitingCampaignWith(
  scope: TenantDb,
  id: ListId | SegmentId,
): Promise<string | undefined> {
  const text = JSON.stringify(id);
  const places = id.startsWith("seg_") ? ["segments", "exclude_segments"] : ["lists", "exclude_lists"];
  const named = places.map(
    (place) => sql`json_contains(${campaigns.audience}, ${text}, ${`$.${place}`}) = 1`,
  );
  const [row] = await scope
    .pick(
      { name: campaigns.name },
      campaigns,
      sql`${inArray(campaigns.state, [...waiting])} and (${or(...named)})`,
    )
    .limit(1);
  return row?.name;
}
