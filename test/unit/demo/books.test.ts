/** A demo that does not add up must say so: each way in which books can be wrong fails a check. */
import { expect, test } from "vitest";
import { checksOf, type Facts, sumsOf } from "#test/demo/books";

const right: Facts = {
  file: {
    name: "people.csv",
    bytes: new Uint8Array(),
    known: { addresses: Array.from({ length: 10 }, (_, i) => `p${i}@x.example`), refused: { no_email: 2 } },
  },
  imported: { rowsRead: 12, rowsCreated: 10, rowsMerged: 0, rowsRejected: 2, refused: { no_email: 2 } },
  draft: { id: "cmp_1", foretold: { suppressed: 1 }, toSend: 9, audience: 10 },
  report: {
    reconciliation: {
      audience: 10,
      states: { skipped: 1, failed: 1, delivered: 6, bounced: 1, complained: 1 },
      skipped: { suppressed: 1 },
      failed: { "550": 1 },
      balances: true,
    },
    opened: 5,
    clicked: 2,
    machine_opened: 1,
    unsubscribed: 1,
  },
  counted: { mails: 8, duplicates: 0, delivered: 7, bounced: 1, opened: 5, clicked: 2, unsubscribed: 1 },
  unsubscribedBefore: 3,
  unsubscribedNow: 5,
};
const failures = (facts: Facts) => checksOf(facts).flatMap((check) => (check.ok ? [] : [check.text]));

test("books that add up pass every check", () => {
  expect(failures(right)).toEqual([]);
  expect(sumsOf(right)).toMatchObject({ audience: 10, accepted: 8, failed: 1, delivered: 7, lost: 0 });
});

const { imported, report, counted } = right;
const { reconciliation } = report;
test.each<[string, Facts, RegExp]>([
  ["a row that ended nowhere", { ...right, imported: { ...imported, rowsRead: 13 } }, /rows read/],
  ["an error file that is too short", { ...right, imported: { ...imported, refused: {} } }, /error file/],
  [
    "a person who is not in the audience",
    { ...right, report: { ...report, reconciliation: { ...reconciliation, audience: 9 } } },
    /audience = people/,
  ],
  [
    "a row left unsettled",
    {
      ...right,
      report: {
        ...report,
        reconciliation: { ...reconciliation, states: { ...reconciliation.states, delivered: 5, queued: 1 } },
      },
    },
    /accepted \+ skipped/,
  ],
  ["a mail sent twice", { ...right, counted: { ...counted, mails: 9, duplicates: 1 } }, /duplicates/],
  ["a mail that never came", { ...right, counted: { ...counted, mails: 7 } }, /lost/],
  ["a reason nobody foretold", { ...right, draft: { ...right.draft, foretold: {} } }, /foretold/],
  ["an open that was not counted", { ...right, report: { ...report, opened: 4 } }, /opened/],
  ["a click counted twice", { ...right, report: { ...report, clicked: 3 } }, /clicked/],
  ["a goodbye without effect", { ...right, unsubscribedNow: 4 }, /no longer subscribed/],
])("%s is found", (_, facts, found) => {
  expect(failures(facts).some((text) => found.test(text))).toBe(true);
});

test("a provider that reports nothing is not held to what it cannot say", () => {
  const silent = { ...counted, delivered: null, bounced: null };
  const states = { skipped: 1, failed: 1, accepted: 8 };
  const facts = {
    ...right,
    counted: silent,
    report: { ...report, reconciliation: { ...reconciliation, states } },
    unsubscribedNow: 4,
  };
  expect(failures(facts)).toEqual([]);
});
