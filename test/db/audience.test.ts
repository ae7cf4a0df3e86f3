/** Who a campaign reaches and who is left out why: the count in SQL is the count by hand, and the pages are the count. */
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { type AudienceCount, audiencePage, countAudience } from "#db/audience-sql";
import { insertSegment } from "#db/repos/segments";
import { suppress } from "#db/repos/suppressions";
import type { TenantDb } from "#db/scope";
import { type Audience, audienceSchema } from "#domain/campaign/audience";
import { type Channel, channels } from "#domain/contact/consent";
import type { ContactId, SegmentId } from "#domain/ids";
import { matches } from "#domain/segment/matches";
import { type SegmentRule, segmentRuleSchema } from "#domain/segment/schema";
import { reasonToSkip } from "#domain/sending/eligibility";
import type { SkipReason } from "#domain/sending/ledger";
import { newId, newScope } from "#test/support/scope";
import { insertPeople, uniqueEmail } from "./support/people.ts";
import { lists, now, type PersonInDb, people, rules } from "./support/segment-arbitraries.ts";

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
// Everyone of the crowd is there before the audience is drawn.
const later = new Date(now.getTime() + 30 * 86_400_000);
let scope: TenantDb;
const suppressedNumber = "+353861234567";
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
  // One of the two numbers of the crowd; it says nothing about e-mail.
  await suppress(scope, {
    channel: "sms",
    address: suppressedNumber,
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

function byHand(audience: Audience, channel: Channel): Map<ContactId, SkipReason | null> {
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
    outcome.set(p.id, excluded ? "excluded" : reasonOf(p, channel));
  }
  return outcome;
}

function reasonOf(p: PersonInDb, channel: Channel): SkipReason | null {
  const isSuppressed = channel === "sms" ? p.phone === suppressedNumber : suppressed.has(p.email ?? "");
  return reasonToSkip(channel, { contact: p, suppressed: isSuppressed }) ?? null;
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
    for (const channel of channels) {
      const expected = byHand(audience, channel);
      const counted = await countAudience(scope, audience, channel, later);
      expect(counted, `${channel} ${JSON.stringify(audience)}`).toEqual(countOf(expected));
      expect(await walk(audience, channel)).toEqual(expected);
    }
  }
});

async function walk(audience: Audience, channel: Channel): Promise<Map<ContactId, SkipReason | null>> {
  const walked = new Map<ContactId, SkipReason | null>();
  for (let after: ContactId | null = null; ; ) {
    const page = await audiencePage(scope, audience, channel, { after, createdBefore: later, limit: 150 });
    for (const row of page) {
      const person = crowd.find((p) => p.id === row.contactId);
      expect(row.address).toBe((channel === "sms" ? person?.phone : person?.email) ?? "");
      walked.set(row.contactId, row.skip);
    }
    after = page.at(-1)?.contactId ?? null;
    if (page.length < 150) return walked;
  }
}

test("an audience of nothing is nobody, and a segment that is gone excludes everybody", async () => {
  const nobody = await countAudience(scope, audienceSchema.parse({}), "email", later);
  expect(nobody).toEqual({ audience: 0, to_send: 0, skipped: {} });
  const lost = audienceSchema.parse({ everyone: true, exclude_segments: [newId("seg")] });
  expect(await countAudience(scope, lost, "sms", later)).toEqual({
    audience: crowd.length,
    to_send: 0,
    skipped: { excluded: crowd.length },
  });
});

test("people who came after the launch are not in its pages", async () => {
  const audience = audienceSchema.parse({ everyone: true });
  const page = await audiencePage(scope, audience, "email", {
    after: null,
    createdBefore: now,
    limit: 1_000,
  });
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
  expect((await countAudience(stranger, audience, "sms", later)).audience).toBe(0);
});
