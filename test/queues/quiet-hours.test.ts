/** Quiet hours against the real ledger: held, released when it is time, left out when it takes too long. */
import { expect, test } from "vitest";
import { ledgerRows } from "#db/repos/reports";
import { accept, ask, claimed, night, noon, shopWith } from "./support/holds.ts";
import { statesOf } from "./support/run.ts";

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

test("an attempt that lost its rows puts nothing back", async () => {
  const { scope, runId, people } = await shopWith(1);
  const evening = Date.UTC(2026, 11, 2, 21);
  const { attempt, rows } = await claimed(scope, runId, people, evening);
  await accept(scope, runId, attempt, rows, evening);
  await ask(scope, runId, night, attempt, rows, evening);
  expect(await statesOf(scope, runId)).toEqual({ accepted: 1 });
});
