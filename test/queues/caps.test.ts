/** Caps against the real ledger: what counts, who waits for how long, and two campaigns that meet over one person. */
import { expect, test } from "vitest";
import { record } from "#db/repos/ledger";
import { recentMessages } from "#db/repos/ledger-holds";
import { ledgerRows } from "#db/repos/reports";
import { messages } from "#db/schema/index";
import { newId } from "#test/support/scope";
import { accept, ask, claimed, hour, noon, onceADay, secondRun, shopWith } from "./support/holds.ts";
import { statesOf } from "./support/run.ts";

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
