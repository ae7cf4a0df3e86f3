/** The laws the sending engine stands on. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blockers, checkReadiness } from "#domain/campaign/readiness";
import { campaignMoves, campaignStates, canMove } from "#domain/campaign/state";
import { type ConsentStatus, consentStatuses } from "#domain/contact/consent";
import { reasonToSkip } from "#domain/sending/eligibility";
import { mustPause } from "#domain/sending/health";
import {
  afterEvent,
  eventRank,
  messageMoves,
  type messageStates,
  type ReportedState,
  statesBelow,
} from "#domain/sending/ledger";
import { closeUntil, newBucket, take } from "#domain/sending/pacing";
import {
  defaultSendSettings,
  providerTimeoutMs,
  sendDeadlineMs,
  sendSettingsFrom,
} from "#domain/sending/settings";

const reported = Object.keys(eventRank) as ReportedState[];

describe("events move a message only forward", () => {
  test("in whatever order and however often reports come, the highest stands", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...reported), { minLength: 1, maxLength: 12 }), (events) => {
        const end = events.reduce<(typeof messageStates)[number]>(afterEvent, "sending");
        const highest = [...events].sort((a, b) => eventRank[b] - eventRank[a])[0];
        return end === highest;
      }),
    );
  });
  test("what was skipped, failed or never tried no report can move", () => {
    for (const state of ["skipped", "failed", "queued"] as const)
      for (const event of reported) expect(afterEvent(state, event)).toBe(state);
  });
  test("a report may prove that a message thought to be waiting was sent", () => {
    for (const to of reported) expect(messageMoves.queued as readonly string[]).toContain(to);
  });
  test("who was left out can only be put back into the queue", () => {
    expect(messageMoves.skipped).toEqual(["queued"]);
  });
  test("every move a report makes from an accepted state is one the table knows", () => {
    for (const to of reported)
      for (const from of statesBelow(to).filter((s) => s !== "sending" && s !== "unknown"))
        expect(messageMoves[from] as readonly string[]).toContain(to);
  });
});

test("a cancelled campaign moves nowhere, and nothing but a draft or a schedule is launched", () => {
  expect(campaignMoves.cancelled).toEqual([]);
  const launchable = campaignStates.filter((s) => canMove(s, "preparing"));
  expect(launchable).toEqual(["draft", "scheduled", "paused"]);
});

describe("the token bucket", () => {
  test("never grants more than its burst and its rate allow", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.array(
          fc.record({ count: fc.integer({ min: 1, max: 50 }), afterMs: fc.integer({ min: 0, max: 400 }) }),
          { minLength: 1, maxLength: 60 },
        ),
        (rate, asks) => {
          let bucket = newBucket(rate, rate, 0);
          let nowMs = 0;
          let granted = 0;
          let largest = 0;
          for (const ask of asks) {
            nowMs += ask.afterMs;
            const result = take(bucket, ask.count, nowMs);
            bucket = result.bucket;
            largest = Math.max(largest, ask.count);
            if (result.granted) granted += ask.count;
          }
          // A request larger than the bucket is granted on a full one and leaves a debt: at most one such overdraft.
          return granted <= rate + (nowMs * rate) / 1_000 + Math.max(0, largest - rate) + 1;
        },
      ),
    );
  });
  test("grants after the wait it named, not before", () => {
    const empty = take(newBucket(10, 10, 0), 10, 0).bucket;
    const refused = take(empty, 5, 0);
    expect(refused).toMatchObject({ granted: false, waitMs: 500 });
    expect(take(refused.bucket, 5, 499).granted).toBe(false);
    expect(take(refused.bucket, 5, 500).granted).toBe(true);
  });
  test("gives nothing while closed by a penalty", () => {
    const closed = closeUntil(newBucket(10, 10, 0), 5_000);
    expect(take(closed, 1, 4_999)).toMatchObject({ granted: false, waitMs: 1 });
    expect(take(closed, 1, 5_000).granted).toBe(true);
  });
});

test("an attempt is silent before its lease ends, whatever the lease", () => {
  for (const leaseMs of [1_000, 6_000, 120_000, 600_000]) {
    const settings = { ...defaultSendSettings, leaseMs };
    expect(sendDeadlineMs(settings) + providerTimeoutMs(settings)).toBeLessThan(leaseMs);
  }
});

test("settings of a deployment are checked, not guessed at", () => {
  expect(sendSettingsFrom('{"leaseMs":6000}')).toEqual({ ...defaultSendSettings, leaseMs: 6_000 });
  expect(() => sendSettingsFrom('{"lease":6000}')).toThrow("SEND_SETTINGS: lease");
  expect(() => sendSettingsFrom('{"leaseMs":-1}')).toThrow("SEND_SETTINGS: leaseMs");
});

test("a run pauses itself past one refusal in five, but not on a handful of mails", () => {
  expect(mustPause({ attempted: 49, failed: 49 })).toBe(false);
  expect(mustPause({ attempted: 100, failed: 20 })).toBe(false);
  expect(mustPause({ attempted: 100, failed: 21 })).toBe(true);
});

test("the first reason that applies is the one that is told", () => {
  const contact = {
    email: "a@b.example",
    emailConsent: "unsubscribed" as const,
    phone: null,
    smsConsent: "none" as const,
  };
  const why = (emailConsent: ConsentStatus, suppressed = false) =>
    reasonToSkip("email", { contact: { ...contact, emailConsent }, suppressed });
  expect(reasonToSkip("email", { contact: undefined, suppressed: true })).toBe("no_address");
  expect(why("unsubscribed", true)).toBe("suppressed");
  expect(why("unsubscribed")).toBe("unsubscribed");
  expect(why("pending")).toBe("no_consent");
  expect(why("subscribed")).toBeUndefined();
});

test("what a person decided about one channel says nothing about the other", () => {
  const statuses = fc.constantFrom(...consentStatuses);
  const person = fc.record({
    email: fc.constantFrom(null, "a@b.example"),
    emailConsent: statuses,
    phone: fc.constantFrom(null, "+353861234567"),
    smsConsent: statuses,
  });
  fc.assert(
    fc.property(person, person, fc.boolean(), (one, other, suppressed) => {
      const { phone, smsConsent } = one;
      const { email, emailConsent } = other;
      const mixed = { phone, smsConsent, email, emailConsent };
      expect(reasonToSkip("sms", { contact: mixed, suppressed })).toBe(
        reasonToSkip("sms", { contact: one, suppressed }),
      );
      expect(reasonToSkip("email", { contact: mixed, suppressed })).toBe(
        reasonToSkip("email", { contact: other, suppressed }),
      );
    }),
  );
});

test("an empty draft is told everything that is missing at once", () => {
  const checks = checkReadiness({
    fromEmail: "",
    connection: undefined,
    template: undefined,
    subject: " ",
    audience: { chosen: false, toSend: undefined },
    contentErrors: [],
    contentWarnings: [],
    hasUnsubscribeLink: false,
    postalAddress: "",
  });
  expect(blockers(checks).map((e) => e.pointer)).toEqual([
    "/sender",
    "/connection",
    "/template",
    "/subject",
    "/audience",
  ]);
});
