/** When a run stops by itself: only when nothing of its route is left, and for the reason that is true. */
import { expect, test } from "vitest";
import type { Refusal } from "#domain/sending/provider";
import type { ChunkReport, RunWay } from "#queues/objects/run-progress";
import { afterReport, standstill } from "#queues/objects/run-standstill";
import { newId } from "#test/support/scope";

const nowMs = 1_000_000;
const way = (part: Partial<RunWay> = {}): RunWay => ({
  connectionId: newId("cxn"),
  weight: 1,
  credit: 0,
  attempted: 0,
  refused: 0,
  unavailable: 0,
  out: null,
  quota: null,
  ...part,
});
const report = (refusal: Refusal | null, accepted = 0, failed = 0): ChunkReport => ({
  chunk: 0,
  attempt: 1,
  accepted,
  failed,
  skipped: 0,
  unknown: 0,
  open: 0,
  due: 0,
  dueAtMs: 0,
  connectionId: newId("cxn"),
  refusal,
});
const after = (reports: ChunkReport[], start = way()) =>
  reports.reduce((now, one) => afterReport(now, one, nowMs), start);

const rejected = report({ kind: "rejected", reason: "key revoked" });
const spent = (resetsInMs: number) => report({ kind: "quota_spent", resetsInMs, reason: "daily quota" });
const away = report({ kind: "unavailable", reason: "503" });

test("one of two refused for good does not stop the run; both do, with the first reason", () => {
  expect(standstill([after([rejected]), way()], nowMs)).toBeUndefined();
  expect(standstill([after([rejected]), after([report(null, 30, 20)])], nowMs)).toEqual({
    reason: "provider_refused",
    detail: "key revoked",
    resumeAtMs: null,
  });
});

test("failures count for the connection they came by, so that a good one does not hide a bad one", () => {
  const bad = after([report(null, 35, 15)]);
  expect(bad.out?.reason).toBe("error_threshold");
  expect(standstill([bad, after([report(null, 5_000, 10)])], nowMs)).toBeUndefined();
  expect(standstill([bad], nowMs)).toMatchObject({ reason: "error_threshold", resumeAtMs: null });
});

test("a spent quota stops the run only when all are spent, and until the first returns", () => {
  const [late, soon] = [after([spent(60_000)]), after([spent(5_000)])];
  expect(standstill([late, way()], nowMs)).toBeUndefined();
  expect(standstill([late, soon], nowMs)).toMatchObject({
    reason: "provider_quota",
    resumeAtMs: nowMs + 5_000,
  });
  expect(standstill([late, soon], nowMs + 5_000)).toBeUndefined();
  // What is refused for good does not wait for a quota.
  expect(standstill([after([rejected]), soon], nowMs)).toMatchObject({ reason: "provider_quota" });
});

test("ten calls in a row into nothing, everywhere, stop it; one answer in between counts anew", () => {
  const dead = after(Array.from({ length: 10 }, () => away));
  expect(standstill([dead], nowMs)).toMatchObject({ reason: "provider_refused", resumeAtMs: null });
  expect(standstill([dead, way({ unavailable: 9 })], nowMs)).toBeUndefined();
  expect(after([report(null, 1)], dead).unavailable).toBe(0);
  // One away and the other's quota spent: the quota's return is what there is to wait for.
  expect(standstill([dead, after([spent(9_000)])], nowMs)).toMatchObject({ resumeAtMs: nowMs + 9_000 });
});
