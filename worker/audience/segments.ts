/** Saving, changing and reading segments. */
import { isDuplicate } from "#db/errors";
import { listFields } from "#db/repos/fields";
import { listNames } from "#db/repos/lists";
import {
  countRule,
  deleteSegment,
  freezingCampaignWith,
  getSegment,
  insertSegment,
  noteCount,
  type Segment,
  updateSegment,
  waitingCampaignWith,
} from "#db/repos/segments";
import { listTagNames } from "#db/repos/tags";
import type { TenantDb } from "#db/scope";
import { cleanText } from "#domain/contact/text";
import type { SegmentId } from "#domain/ids";
import { fail, ok, type Result } from "#domain/result";
import { describe, type Names } from "#domain/segment/describe";
import type { SegmentRule } from "#domain/segment/schema";
import { audit } from "../audit.ts";
import type { Act } from "../settings/act.ts";

export type SegmentPatch = { readonly name?: string | undefined; readonly rule?: SegmentRule | undefined };

export async function addSegment(
  { scope, deps, actor }: Act,
  input: { readonly name: string; readonly rule: SegmentRule },
): Promise<Result<Segment>> {
  const now = new Date(deps.now());
  const name = cleanText(input.name, 120);
  const segment = {
    id: deps.newId("seg"),
    name,
    rule: input.rule,
    lastCount: (await countRule(scope, input.rule, now)).count,
    countedAt: now,
    createdAt: now,
    updatedAt: now,
  };
  return scope.transaction(async (tx) => {
    if (!(await insertSegment(tx, segment))) return taken(name);
    await audit(tx, deps, actor, {
      action: "segment.create",
      subject: segment.id,
      after: { name, rule: input.rule },
    });
    return ok(segment);
  });
}

/** The segment with its count of this moment, which is also kept for the list of segments. */
export async function countedSegment({ scope, deps }: Act, id: SegmentId): Promise<Result<Segment>> {
  const segment = await getSegment(scope, id);
  if (!segment) return notFound;
  const countedAt = new Date(deps.now());
  const { count } = await countRule(scope, segment.rule, countedAt);
  await noteCount(scope, id, count, countedAt);
  return ok({ ...segment, lastCount: count, countedAt });
}

export async function patchSegment(act: Act, id: SegmentId, patch: SegmentPatch): Promise<Result<Segment>> {
  const { scope, deps, actor } = act;
  const before = await getSegment(scope, id);
  if (!before) return notFound;
  const name = patch.name === undefined ? before.name : cleanText(patch.name, 120);
  const rule = patch.rule ?? before.rule;
  // One audience, one rule: half of it by the old and half by the new would be nobody's wish.
  const freezing = patch.rule && (await freezingCampaignWith(scope, id));
  if (freezing) return fail({ kind: "in_use", what: "segment", by: `the campaign ${freezing}` });
  try {
    await scope.transaction(async (tx) => {
      await updateSegment(tx, id, { name, ...(patch.rule ? { rule } : {}), updatedAt: new Date(deps.now()) });
      await audit(tx, deps, actor, {
        action: "segment.update",
        subject: id,
        before: { name: before.name, rule: before.rule },
        after: { name, rule },
      });
    });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    return taken(name);
  }
  return countedSegment(act, id);
}

export async function removeSegment({ scope, deps, actor }: Act, id: SegmentId): Promise<Result<undefined>> {
  const before = await getSegment(scope, id);
  if (!before) return notFound;
  const campaign = await waitingCampaignWith(scope, id);
  if (campaign !== undefined)
    return fail({ kind: "in_use", what: "segment", by: `the campaign ${campaign}` });
  return scope.transaction(async (tx) => {
    if (!(await deleteSegment(tx, id))) return notFound;
    const { name, rule } = before;
    await audit(tx, deps, actor, { action: "segment.delete", subject: id, before: { name, rule } });
    return ok();
  });
}

/** What rules speak of, by name. */
export async function namesOf(scope: TenantDb): Promise<Names> {
  const [tags, lists, fields] = await Promise.all([listTagNames(scope), listNames(scope), listFields(scope)]);
  const tagNames = new Map(tags.map((t) => [t.id, t.name]));
  const namedLists = new Map(lists.map((l) => [l.id, l.name]));
  const labels = new Map(fields.map((f) => [f.key, f.label]));
  return {
    tag: (id) => tagNames.get(id),
    list: (id) => namedLists.get(id),
    field: (key) => labels.get(key),
  };
}

export function segmentJson(segment: Segment, names: Names) {
  return {
    id: segment.id,
    name: segment.name,
    rule: segment.rule,
    description: describe(segment.rule, names),
    count: segment.lastCount,
    counted_at: segment.countedAt?.toISOString() ?? null,
    created_at: segment.createdAt.toISOString(),
    updated_at: segment.updatedAt.toISOString(),
  };
}

const notFound = fail({ kind: "not_found", what: "segment" });
const taken = (name: string) => fail({ kind: "taken", what: `The segment name ${name}`, pointer: "/name" });
