/** A run's chunks over a real SQLite: who is due when, and what becomes of a chunk that always dies. */
import { DatabaseSync } from "node:sqlite";
import { beforeEach, describe, expect, test } from "vitest";
import type { ContactId } from "#domain/ids";
import { ChunkPlan } from "#queues/objects/chunk-plan";
import type { RunContext } from "#queues/objects/run-context";
import { resumed } from "#queues/objects/run-counts";
import { runProgress } from "#queues/objects/run-progress";
import { addFailure, troubled } from "#queues/objects/run-trouble";
import { newId } from "#test/support/scope";

/** As much of a Durable Object's storage as the plan uses. */
function storage(): SqlStorage {
  const db = new DatabaseSync(":memory:");
  const exec = (sql: string, ...values: (string | number)[]) => {
    const statement = db.prepare(sql);
    const reads = /^\s*select/i.test(sql);
    const rows = reads ? statement.all(...values) : [];
    const rowsWritten = reads ? 0 : Number(statement.run(...values).changes);
    return { rowsWritten, toArray: () => rows, one: () => rows[0] };
  };
  return { exec } as unknown as SqlStorage;
}

let plan: ChunkPlan;
const people = Array.from({ length: 4 }, () => newId("ctc")).sort();
const [first, second, third] = people as [ContactId, ContactId, ContactId];
beforeEach(() => {
  plan = new ChunkPlan(storage());
});

describe("a chunk", () => {
  test("sleeps until somebody in it is due, and asks for tokens for those alone", () => {
    plan.add(0, null, first, { open: 500, due: 20, dueAtMs: 9_000 });
    expect(plan.next(8_999)).toBeUndefined();
    expect(plan.wakeAtMs()).toBe(9_000);
    expect(plan.next(9_000)).toMatchObject({ n: 0, due: 20 });
    const attempt = plan.lease(0, 10_000);
    plan.settle(0, attempt, { open: 480, due: 3, dueAtMs: 20_000 });
    expect(plan.next(19_999)).toBeUndefined();
    expect(plan.next(20_000)).toMatchObject({ due: 3 });
    plan.settle(0, plan.lease(0, 30_000), { open: 0, due: 0, dueAtMs: 0 });
    expect(plan.wakeAtMs()).toBeUndefined();
  });
  test("with nothing left in it is never handed out", () => {
    plan.add(0, null, first, { open: 0, due: 0, dueAtMs: Number.POSITIVE_INFINITY });
    expect(plan.next(Number.MAX_SAFE_INTEGER)).toBeUndefined();
  });
  test("that is opened again by a decision is due, however long ago it was over", () => {
    plan.add(0, null, first, { open: 0, due: 0, dueAtMs: 0 });
    plan.add(1, first, second, { open: 0, due: 0, dueAtMs: 0 });
    expect(plan.reopen(second, 5)).toBe(second);
    expect(plan.next(5)).toMatchObject({ n: 1, due: 1 });
    expect(plan.reopen(third, 5)).toBeUndefined();
  });
});

describe("a chunk that always dies", () => {
  const identity = {
    tenantId: newId("ten"),
    campaignId: newId("cmp"),
    runId: newId("run"),
    connectionId: newId("cxn"),
  };
  let context: RunContext;
  beforeEach(() => {
    context = { plan, progress: runProgress.parse({ identity }), save: () => {} } as unknown as RunContext;
    plan.add(0, null, first, { open: 10, due: 10, dueAtMs: 0 });
  });
  const dieOnce = () => {
    plan.expire(Number.MAX_SAFE_INTEGER);
    const attempt = plan.lease(0, 1);
    // Its message was delivered more than once, and died each time: still one attempt.
    return [1, 2, 3]
      .map(() => addFailure(context, { chunk: 0, attempt, error: "Error: boom" }))
      .some(Boolean);
  };

  test("stops its run after five attempts in a row, and says what it died of", () => {
    expect([1, 2, 3, 4].map(dieOnce)).toEqual([false, false, false, false]);
    expect(troubled(context)).toBeUndefined();
    expect(dieOnce()).toBe(true);
    expect(troubled(context)).toEqual({
      reason: "error_threshold",
      detail: "Part 1 of this run failed 5 times in a row on our side: Error: boom",
      resumeAtMs: null,
    });
  });
  test("one that got through in between begins to count anew", () => {
    for (let i = 0; i < 4; i++) dieOnce();
    plan.settle(0, plan.lease(0, 1), { open: 5, due: 5, dueAtMs: 0 });
    expect([1, 2, 3, 4].map(dieOnce)).toEqual([false, false, false, false]);
  });
  test("after a person resumed the run it has all its attempts again", () => {
    for (let i = 0; i < 5; i++) dieOnce();
    context.progress = resumed(context.progress);
    plan.hurry();
    expect(troubled(context)).toBeUndefined();
    expect([1, 2, 3, 4].map(dieOnce)).toEqual([false, false, false, false]);
    expect(dieOnce()).toBe(true);
  });
  test("an error of an attempt that is over counts for nothing", () => {
    const old = plan.lease(0, 1);
    for (let i = 0; i < 4; i++) dieOnce();
    expect(addFailure(context, { chunk: 0, attempt: old, error: "late" })).toBe(false);
  });
});
