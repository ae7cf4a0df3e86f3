// `npm test` counts what vitest reported, and never takes a run that failed for one that passed.
import { expect, test } from "vitest";
import { countsOf } from "#test/support/vitest-run";

const report = (counts: { passed?: number; failed?: number; pending?: number }, files: object[] = []) =>
  JSON.stringify({
    numPassedTests: counts.passed ?? 0,
    numFailedTests: counts.failed ?? 0,
    numPendingTests: counts.pending ?? 0,
    testResults: files,
  });

test("tests are counted by their outcome", () => {
  expect(countsOf(report({ passed: 7, failed: 2, pending: 1 }), 1)).toEqual({
    passed: 7,
    failed: 2,
    skipped: 1,
  });
});

test("a file that could not be loaded is a failure", () => {
  const unloaded = [{ status: "failed", assertionResults: [] }];
  expect(countsOf(report({ passed: 3 }, unloaded), 1)).toMatchObject({ passed: 3, failed: 1 });
});

test("a run that fails without naming a test is a failure, with or without its report", () => {
  expect(countsOf(report({ passed: 3 }), 1)).toMatchObject({ failed: 1 });
  expect(countsOf(undefined, 1)).toMatchObject({ failed: 1 });
  expect(countsOf("{", 0)).toMatchObject({ failed: 1 });
});
