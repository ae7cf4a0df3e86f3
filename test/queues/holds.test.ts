/** Caps and quiet hours against the real ledger: held, released when it is time, left out when it takes too long. */
import { expect, test } from "vitest";
import { type AttemptRow, attemptRows, claim, record } from "#db/repos/ledger";
import { recentMessages } from "#db/repos/ledger-holds";
import { ledgerRows } from "#db/repos/reports";
import { contacts, messages, runs } from "#db/schema/index";
import type { TenantDb } from "#db/scope";
import type { RunId } from "#domain/ids";
import type { ChannelPolicy } from "#domain/sending/hold";
import { heldBack } from "#queues/sending/holds";
import { newId } from "#test/support/scope";
import { connectionId, frozenPeople, newAttempt, type Person, rangeOf, statesOf } from "./support/run.ts";

const noon = Date.UTC(2026, 11, 2, 12);
const hour = 3_600_000;
const night = { cap: null, quiet_hours: { from: "20:00", to: "09:00" } };
const onceADay = { cap: { messages: 1, days: 1 }, quiet_hours: null };

async function addRun(scope: TenantDb, id: RunId, more: Partial<typeof runs.$inferInsert> = {}) {
  const text = {
    subject: "s",
    preheader: "",
    html: "h",
    text: "t",
    fromName: "",
    fromEmail: "a@shop.example",
  };
  await scope.insert(runs, {
    ...text,
    id,
    campaignId: newId("cmp"),
    connectionId,
    audience: { everyone: true, lists: [], segments: [], exclude_lists: [], exclude_segments: [] },
    defaults: {},
    replyTo: "",
    postalAddress: "",
    trackOpens: false,
    trackClicks: false,
    startedAt: new Date(noon),
    ...more,
  });
}
async function addContacts(scope: TenantDb, people: readonly Person[], zones: readonly string[]) {
  const at = new Date(noon);
  const rows = people.map((p, i) => ({
    id: p.contactId,
    email: p.address,
    timeZone: zones[i] ?? "",
    emailConsent: "subscribed" as const,
    fields: {},
    source: "api",
    createdAt: at,
    updatedAt: at,
  }));
  await scope.insert(contacts, rows);
}
async function shopWith(count: number, zones: string[] = []) {
  const { scope, runId, people } = await frozenPeople(count);
  await addContacts(scope, people, zones);
  await addRun(scope, runId);
  return { scope, runId, people };
}
/** Another run to the same people. */
async function secondRun(
  scope: TenantDb,
  people: readonly Person[],
  more: Partial<typeof runs.$inferInsert> = {},
) {
  const runId = newId("run");
  await addRun(scope, runId, more);
  const again = people.map((p) => ({ ...p, messageId: newId("msg") }));
  await scope.insert(
    messages,
    again.map((p) => ({
      sourceId: runId,
      contactId: p.contactId,
      id: p.messageId,
      state: "queued" as const,
      address: p.address,
    })),
  );
  return { runId, people: again };
}
async function claimed(scope: TenantDb, runId: RunId, people: readonly Person[], atMs: number) {
  const attempt = newAttempt();
  await claim(scope, rangeOf(runId, people), { id: attempt, connectionId }, new Date(atMs));
  return { attempt, rows: await attemptRows(scope, rangeOf(runId, people), attempt, "email") };
}
function ask(
  scope: TenantDb,
  runId: RunId,
  policy: ChannelPolicy,
  attempt: Uint8Array,
  rows: AttemptRow[],
  atMs: number,
  holdAtMostHours = 72,
) {
  const frozen = {
    run: { id: runId, channel: "email" } as never,
    policy,
    holdAtMostHours,
    tenantZone: "UTC",
  };
  return heldBack({ deps: { now: () => atMs }, scope }, frozen, attempt, rows);
}
async function accept(scope: TenantDb, runId: RunId, attempt: Uint8Array, rows: AttemptRow[], atMs: number) {
  const taken = rows.map((r) => ({
    contactId: r.contactId,
    messageId: r.messageId,
    address: r.address,
    state: "accepted" as const,
    reason: "",
    providerMessageId: `far-${r.messageId}`,
    notBefore: null,
  }));
  await record(scope, runId, attempt, taken, new Date(atMs));
}

test("at night on a person's own clock a message waits for the morning there, and the try does not count", async () => {
  const { scope, runId, people } = await shopWith(3, ["Asia/Tokyo", "Europe/Dublin", ""]);
  const { attempt, rows } = await claimed(scope, runId, people, noon);
  const held = await ask(scope, runId, night, attempt, rows, noon);
  expect([...held.keys()]).toEqual([people[0]?.contactId]);
  const [tokyo, dublin] = await ledgerRows(scope, runId, { limit: 10 });
  expect(tokyo).toMatchObject({
    state: "queued",
    reason: "held: quiet hours until 09:00 Asia/Tokyo",
    tries: 0,
    notBefore: new Date(Date.UTC(2026, 11, 3, 0)),
    heldSince: new Date(noon),
  });
  expect(dublin?.state).toBe("sending");
  // A minute too early nobody can claim it; on time it is free to go.
  expect((await claimed(scope, runId, people, Date.UTC(2026, 11, 2, 23, 59))).rows).toEqual([]);
  const morning = Date.UTC(2026, 11, 3, 0);
  const later = await claimed(scope, runId, people, morning);
  expect(later.rows.map((r) => r.contactId)).toEqual([people[0]?.contactId]);
  expect(await ask(scope, runId, night, later.attempt, later.rows, morning)).toEqual(new Map());
});

test("the cap counts what other campaigns sent, by any outcome that may have reached the person", async () => {
  const { scope, runId, people } = await shopWith(4);
  const first = await claimed(scope, runId, people, noon);
  await accept(scope, runId, first.attempt, first.rows.slice(0, 2), noon);
  const failed = { state: "failed" as const, reason: "no", providerMessageId: null, notBefore: null };
  await record(
    scope,
    runId,
    first.attempt,
    first.rows.slice(2, 3).map((r) => ({ ...r, ...failed })),
    new Date(noon),
  );
  const unknown = { ...failed, state: "unknown" as const };
  await record(
    scope,
    runId,
    first.attempt,
    first.rows.slice(3).map((r) => ({ ...r, ...unknown })),
    new Date(noon),
  );

  const second = await secondRun(scope, people);
  const at = noon + hour;
  const next = await claimed(scope, second.runId, people, at);
  const held = await ask(scope, second.runId, onceADay, next.attempt, next.rows, at);
  expect(held.get(people[2]?.contactId as never)).toBeUndefined();
  expect(held.size).toBe(3);
  const rows = await ledgerRows(scope, second.runId, { state: "queued", limit: 10 });
  expect(rows.map((r) => r.notBefore?.getTime())).toEqual([
    noon + 24 * hour,
    noon + 24 * hour,
    noon + 24 * hour,
  ]);
  // When the first is a day old, the second may go.
  const due = await claimed(scope, second.runId, people, noon + 24 * hour);
  expect(due.rows).toHaveLength(3);
  expect(await ask(scope, second.runId, onceADay, due.attempt, due.rows, noon + 24 * hour)).toEqual(
    new Map(),
  );
});

test("text messages and transactional ones do not count against the cap of mail", async () => {
  const { scope, runId, people } = await shopWith(1);
  const sms = await secondRun(scope, people, { channel: "sms" });
  const byText = await claimed(scope, sms.runId, people, noon);
  await accept(scope, sms.runId, byText.attempt, byText.rows, noon);
  const [person] = people;
  if (!person) throw new Error("one person");
  const direct = {
    sourceId: newId("run"),
    contactId: person.contactId,
    id: newId("msg"),
    address: person.address,
  };
  await scope.insert(messages, { ...direct, isDirect: true, state: "accepted", acceptedAt: new Date(noon) });
  const mine = await claimed(scope, runId, people, noon + hour);
  expect(await ask(scope, runId, onceADay, mine.attempt, mine.rows, noon + hour)).toEqual(new Map());
});

test("whom a cap would hold for longer than allowed is left out at once", async () => {
  const { scope, runId, people } = await shopWith(1);
  const first = await claimed(scope, runId, people, noon);
  await accept(scope, runId, first.attempt, first.rows, noon);
  const second = await secondRun(scope, people);
  const next = await claimed(scope, second.runId, people, noon + hour);
  const weekly = { cap: { messages: 1, days: 7 }, quiet_hours: null };
  const held = await ask(scope, second.runId, weekly, next.attempt, next.rows, noon + hour);
  expect([...held.values()]).toEqual(["capped"]);
});

test("the days a message was held are counted from its first hold", async () => {
  const { scope, runId, people } = await shopWith(1);
  const evening = Date.UTC(2026, 11, 2, 21);
  const first = await claimed(scope, runId, people, evening);
  expect([...(await ask(scope, runId, night, first.attempt, first.rows, evening, 20)).values()]).toEqual([
    "held",
  ]);
  // It slept through its morning, as in a paused run, and the next evening is too late for it.
  const next = Date.UTC(2026, 11, 3, 20, 30);
  const again = await claimed(scope, runId, people, next);
  const held = await ask(scope, runId, night, again.attempt, again.rows, next, 20);
  expect([...held.values()]).toEqual(["quiet_hours_expired"]);
});

test("two campaigns claimed at one moment do not both pass the cap, and do not wait for each other for ever", async () => {
  const { scope, runId, people } = await shopWith(20);
  const second = await secondRun(scope, people);
  const runsOf = [
    { runId, people },
    { runId: second.runId, people: second.people },
  ];
  let at = noon;
  for (let round = 0; round < 12; round++) {
    await Promise.all(
      runsOf.map(async (run) => {
        const mine = await claimed(scope, run.runId, run.people, at);
        const held = await ask(scope, run.runId, onceADay, mine.attempt, mine.rows, at);
        const free = mine.rows.filter((row) => !held.has(row.contactId));
        await accept(scope, run.runId, mine.attempt, free, at);
      }),
    );
    at += 5_000;
  }
  const [a, b] = await Promise.all(runsOf.map((run) => statesOf(scope, run.runId)));
  expect((a?.accepted ?? 0) + (b?.accepted ?? 0)).toBe(20);
  const counts = await recentMessages(
    scope,
    newId("run"),
    "email",
    people.map((p) => p.contactId),
    new Date(noon - hour),
  );
  expect([...counts.values()].map((r) => r.sentMs.length)).toEqual(people.map(() => 1));
});

test("two that meet over one person both step back; the elder is there first again and goes", async () => {
  const { scope, runId, people } = await shopWith(5);
  const second = await secondRun(scope, people);
  const mine = await claimed(scope, runId, people, noon);
  const theirs = await claimed(scope, second.runId, second.people, noon);
  expect((await ask(scope, runId, onceADay, mine.attempt, mine.rows, noon)).size).toBe(5);
  // The elder stepped back before the younger asked: nothing stands in its way any more.
  expect((await ask(scope, second.runId, onceADay, theirs.attempt, theirs.rows, noon)).size).toBe(0);

  const third = await secondRun(scope, people);
  const fourth = await secondRun(scope, people);
  const recall = { cap: { messages: 2, days: 1 }, quiet_hours: null };
  await accept(scope, second.runId, theirs.attempt, theirs.rows, noon);
  const a = await claimed(scope, third.runId, third.people, noon);
  const b = await claimed(scope, fourth.runId, fourth.people, noon);
  const verdicts = await Promise.all([
    ask(scope, fourth.runId, recall, b.attempt, b.rows, noon),
    ask(scope, third.runId, recall, a.attempt, a.rows, noon),
  ]);
  const [elder] = await ledgerRows(scope, third.runId, { limit: 1 });
  const [younger] = await ledgerRows(scope, fourth.runId, { limit: 1 });
  // At least one saw the other; whoever stepped back comes back at its own time.
  expect(verdicts.map((held) => held.size).sort()).not.toEqual([0, 0]);
  if (elder?.state === "queued") expect(elder.notBefore?.getTime()).toBe(noon + 5_000);
  if (younger?.state === "queued") expect(younger.notBefore?.getTime()).toBe(noon + 20_000);
});

test("an attempt that lost its rows puts nothing back", async () => {
  const { scope, runId, people } = await shopWith(1);
  const evening = Date.UTC(2026, 11, 2, 21);
  const { attempt, rows } = await claimed(scope, runId, people, evening);
  await accept(scope, runId, attempt, rows, evening);
  await ask(scope, runId, night, attempt, rows, evening);
  expect(await statesOf(scope, runId)).toEqual({ accepted: 1 });
});
