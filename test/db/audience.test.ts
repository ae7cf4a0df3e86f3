/** Who a campaign reaches and who is left out why: the count in SQL is the count by hand, and the pages are the count. */
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { type AudienceCount, audiencePage, countAudience } from "#db/audience-sql";
import { insertSegment } from "#db/repos/segments";
import { suppress } from "#db/repos/suppressions";
import type { TenantDb } from "#db/scope";
import { type Audience, audienceSchema } from "#domain/campaign/audience";
import type { ContactId, SegmentId } from "#domain/ids";
import { matches } from "#domain/segment/matches";
import { type SegmentRule, segmentRuleSchema } from "#domain/segment/schema";
import type { SkipReason } from "#domain/sending/ledger";
import { newId, newScope } from "#test/support/scope";
import { insertPeople, uniqueEmail } from "./support/people.ts";
import { lists, now, type PersonInDb, people, rules } from "./support/segment-arbitraries.ts";

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
// Everyone of the crowd is there before the audience is drawn.
const later = new Date(now.getTime() + 30 * 86_400_000);
let scope: TenantDb;
let crowd: PersonInDb[];
let suppressed: Set<string>;
const segments = new Map<SegmentId, SegmentRule>();

beforeAll(async () => {
  console.info(`SEED=${seed} repeats this run`);
  scope = newScope();
  crowd = fc.sample(people, { seed, numRuns: 400 }).map(uniqueEmail);
  await insertPeople(scope, crowd);
  suppressed = new Set(crowd.flatMap((p, i) => (p.email && i % 5 === 0 ? [p.email] : [])));
  for (const address of suppressed)
    await suppress(scope, { channel: "email", address, reason: "bounced", detail: "", createdAt: now });
  // A suppressed phone number says nothing about e-mail.
  await suppress(scope, {
    channel: "sms",
    address: "+353861234567",
    reason: "manual",
    detail: "",
    createdAt: now,
  });
  for (const given of fc.sample(rules, { seed, numRuns: 8 })) {
    const id = newId("seg");
    const rule = segmentRuleSchema.parse(given);
    segments.set(id, rule);
    const rest = { lastCount: null, countedAt: null, createdAt: now, updatedAt: now };
    await insertSegment(scope, { id, name: id, rule, ...rest });
  }
});

function byHand(audience: Audience): Map<ContactId, SkipReason | null> {
  const inAny = (person: PersonInDb, ids: readonly SegmentId[], missing: boolean) =>
    ids.some((id) => {
      const rule = segments.get(id);
      return rule ? matches(rule, person, later.getTime()) : missing;
    });
  const onAny = (person: PersonInDb, ids: Audience["lists"]) => ids.some((id) => person.lists.has(id));
  const outcome = new Map<ContactId, SkipReason | null>();
  for (const p of crowd) {
    if (!audience.everyone && !onAny(p, audience.lists) && !inAny(p, audience.segments, false)) continue;
    const excluded = onAny(p, audience.exclude_lists) || inAny(p, audience.exclude_segments, true);
    outcome.set(p.id, excluded ? "excluded" : reasonOf(p));
  }
  return outcome;
}

function reasonOf(p: PersonInDb): SkipReason | null {
  if (p.email === null) return "no_address";
  if (suppressed.has(p.email)) return "suppressed";
  if (p.emailConsent === "unsubscribed") return "unsubscribed";
  return p.emailConsent === "subscribed" ? null : "no_consent";
}

function countOf(outcome: ReadonlyMap<ContactId, SkipReason | null>): AudienceCount {
  const skipped: { [reason in SkipReason]?: number } = {};
  let toSend = 0;
  for (const reason of outcome.values())
    if (reason === null) toSend++;
    else skipped[reason] = (skipped[reason] ?? 0) + 1;
  return { audience: outcome.size, to_send: toSend, skipped };
}

test("counts and pages are what going through everyone by hand gives", async () => {
  const ids = [...segments.keys(), newId("seg")];
  const audiences = fc.record({
    everyone: fc.boolean(),
    lists: fc.subarray([...lists, newId("lst")]),
    segments: fc.subarray(ids, { maxLength: 3 }),
    exclude_lists: fc.subarray([...lists], { maxLength: 1 }),
    exclude_segments: fc.subarray(ids, { maxLength: 2 }),
  });
  for (const given of fc.sample(audiences, { seed, numRuns: 60 })) {
    const audience = audienceSchema.parse(given);
    const expected = byHand(audience);
    expect(await countAudience(scope, audience, later), JSON.stringify(audience)).toEqual(countOf(expected));
    const walked = new Map<ContactId, SkipReason | null>();
    for (let after: ContactId | null = null; ; ) {
      const page = await audiencePage(scope, audience, { after, createdBefore: later, limit: 150 });
      for (const row of page) walked.set(row.contactId, row.skip);
      after = page.at(-1)?.contactId ?? null;
      if (page.length < 150) break;
    }
    expect(walked).toEqual(expected);
  }
});

test("an audience of nothing is nobody, and a segment that is gone excludes everybody", async () => {
  const nobody = await countAudience(scope, audienceSchema.parse({}), later);
  expect(nobody).toEqual({ audience: 0, to_send: 0, skipped: {} });
  const lost = audienceSchema.parse({ everyone: true, exclude_segments: [newId("seg")] });
  expect(await countAudience(scope, lost, later)).toEqual({
    audience: crowd.length,
    to_send: 0,
    skipped: { excluded: crowd.length },
  });
});

test("people who came after the launch are not in its pages", async () => {
  const audience = audienceSchema.parse({ everyone: true });
  const page = await audiencePage(scope, audience, { after: null, createdBefore: now, limit: 1_000 });
  const early = crowd.filter((p) => p.createdAtMs <= now.getTime());
  expect(early.length).toBeLessThan(crowd.length);
  expect(new Set(page.map((row) => row.contactId))).toEqual(new Set(early.map((p) => p.id)));
});

test("another tenant's people, lists and segments are nobody's business", async () => {
  const stranger = newScope();
  const audience = audienceSchema.parse({
    everyone: true,
    lists: [...lists],
    segments: [...segments.keys()],
  });
  expect((await countAudience(stranger, audience, later)).audience).toBe(0);
});
