/** The judge of fault runs is judged: whatever is done to right books, it says so, and of what kind it is. */
import { describe, expect, test } from "vitest";
import { audienceFile, behaviourOf } from "../../faults/audience.ts";
import { type Case, judge } from "../../faults/checker.ts";
import type { LedgerRow } from "../../faults/ledger.ts";

const { addresses } = audienceFile(200);
const claimedAtMs = Date.UTC(2026, 10, 22, 12);
const leaseMs = 6_000;
const taken: Record<string, string> = { bounce: "bounced", complain: "complained" };

function rowFor(address: string): LedgerRow {
  const base = { messageId: `msg_${address}`, address, tries: 1, claimedAtMs };
  if (behaviourOf(address) === "refuse") return { ...base, state: "failed", reason: "550 no such user" };
  return { ...base, state: taken[behaviourOf(address)] ?? "delivered", reason: "" };
}

/** Books in which everything is as it should be. */
function rightCase(law: Case["law"] = { idempotent: false, evidence: true }): Case {
  const ledger = addresses.map(rowFor);
  const mailed = ledger.filter(({ state }) => state !== "failed");
  return {
    addresses,
    unreachable: 0,
    law,
    ledger,
    mails: mailed.map(({ address, messageId }) => ({ to: address, messageId })),
    told: mailed.map(({ address, state }) => ({
      to: address,
      kind: state as "delivered" | "bounced" | "complained",
      atMs: claimedAtMs,
    })),
    breaksAtMs: [claimedAtMs + 2_000],
    mostInDoubt: 1,
    leaseMs,
  };
}

const person = (behaviour: string, i = 0) => addresses.filter((a) => behaviourOf(a) === behaviour)[i] ?? "";
const victim = person("ignore");
const changed = (given: Case, address: string, change: Partial<LedgerRow>): Case => ({
  ...given,
  ledger: given.ledger.map((row) => (row.address === address ? { ...row, ...change } : row)),
});
const withoutMail = (given: Case, address: string): Case => ({
  ...given,
  mails: given.mails.filter(({ to }) => to !== address),
  told: given.told.filter(({ to }) => to !== address),
});
const verdict = (given: Case) => {
  const { duplicates, lost, unexplained } = judge(given);
  return { duplicates, lost, unexplained };
};
const fine = { duplicates: 0, lost: 0, unexplained: 0 };

test("right books are right", () => {
  expect(verdict(rightCase())).toEqual(fine);
  expect(judge(rightCase())).toMatchObject({ sent: 198, states: { failed: 2 }, offences: [] });
});

test("a second mail to one person is a duplicate, whatever the ledger says", () => {
  const given = rightCase();
  const again = given.mails.find(({ to }) => to === victim);
  expect(verdict({ ...given, mails: [...given.mails, ...(again ? [again, again] : [])] })).toEqual({
    ...fine,
    duplicates: 2,
  });
});

describe("lost is", () => {
  test.each([
    [
      "who is not in the ledger",
      (c: Case) => ({ ...withoutMail(c, victim), ledger: c.ledger.filter((r) => r.address !== victim) }),
    ],
    ["who is recorded as delivered and was never mailed", (c: Case) => withoutMail(c, victim)],
    [
      "who still waits when all is over",
      (c: Case) => changed(withoutMail(c, victim), victim, { state: "queued" }),
    ],
    [
      "who is still being sent to when all is over",
      (c: Case) => changed(withoutMail(c, victim), victim, { state: "sending" }),
    ],
    [
      "who failed, and the file knows no reason",
      (c: Case) => changed(withoutMail(c, victim), victim, { state: "failed", reason: "gave up" }),
    ],
    [
      "who was left out as if they had complained",
      (c: Case) => changed(withoutMail(c, victim), victim, { state: "skipped", reason: "suppressed" }),
    ],
    [
      "who was refused without a word",
      (c: Case) => changed(c, person("refuse"), { state: "failed", reason: "" }),
    ],
  ])("%s", (_name, spoil) => {
    expect(verdict(spoil(rightCase()))).toEqual({ ...fine, lost: 1 });
  });
});

describe("unexplained is", () => {
  test.each([
    [
      "a failure that was mailed",
      (c: Case) => changed(c, victim, { state: "failed", reason: "no answer came" }),
    ],
    ["a bounce nobody reported", (c: Case) => changed(c, victim, { state: "bounced" })],
    [
      "a report that was taken and never reached the ledger",
      (c: Case) => changed(c, victim, { state: "accepted" }),
    ],
    ["another message than the ledger's", (c: Case) => changed(c, victim, { messageId: "msg_other" })],
    [
      "a mail to a stranger",
      (c: Case) => ({ ...c, mails: [...c.mails, { to: "person999.ignore@people.example", messageId: "" }] }),
    ],
    [
      "a stranger in the ledger",
      (c: Case) => ({ ...c, ledger: [...c.ledger, rowFor("person999.ignore@people.example")] }),
    ],
    [
      "somebody left out for want of an address whom the file has one for",
      (c: Case) => ({
        ...c,
        ledger: [...c.ledger, { ...rowFor(victim), address: "", state: "skipped", reason: "no_address" }],
      }),
    ],
    ["a person in two rows", (c: Case) => ({ ...c, ledger: [...c.ledger, rowFor(victim)] })],
  ])("%s", (_name, spoil) => {
    expect(verdict(spoil(rightCase()))).toEqual({ ...fine, unexplained: 1 });
  });
});

describe("an unknown outcome", () => {
  const silent = { idempotent: false, evidence: false };
  const reason = "the attempt ended after the request may have left";
  const inDoubt = (law: Case["law"], change: Partial<LedgerRow> = {}) => {
    const given = rightCase(law);
    const ledger = given.ledger.map((row) => (row.state === "failed" ? row : { ...row, state: "accepted" }));
    const quiet = {
      ...given,
      told: law.evidence ? given.told : [],
      ledger: law.evidence ? given.ledger : ledger,
    };
    return changed(quiet, victim, { state: "unknown", reason, ...change });
  };

  test("is explained where nobody can say, something broke meanwhile, and the reason is given", () => {
    expect(verdict(inDoubt(silent))).toEqual(fine);
    expect(verdict(withoutMail(inDoubt(silent), victim))).toEqual(fine);
  });
  test.each([
    ["without a reason", inDoubt(silent, { reason: "" })],
    [
      "when nothing broke while it was under way",
      { ...inDoubt(silent), breaksAtMs: [claimedAtMs + leaseMs + 1] },
    ],
    ["when it was never tried", inDoubt(silent, { claimedAtMs: null })],
    ["where it could have been asked again", inDoubt({ idempotent: true, evidence: true })],
    ["although its mail was reported", inDoubt({ idempotent: false, evidence: true })],
  ])("is unexplained %s", (_name, given) => {
    expect(verdict(given)).toEqual({ ...fine, unexplained: 1 });
  });
  test("is unexplained where more are in doubt than can have been on their way", () => {
    const two = changed(inDoubt(silent), person("ignore", 1), { state: "unknown", reason });
    expect(verdict(two)).toEqual({ ...fine, unexplained: 1 });
    expect(verdict({ ...two, mostInDoubt: 2 })).toEqual(fine);
  });
  test("may stay about somebody who was not mailed, at a far end that reports", () => {
    expect(verdict(withoutMail(inDoubt({ idempotent: false, evidence: true }), victim))).toEqual(fine);
  });
});
