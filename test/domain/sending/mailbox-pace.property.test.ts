/** Laws of writing more slowly to mailboxes that ask for it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type MailboxGroup, mailboxGroupOf, mailboxGroups } from "#domain/sending/mailbox-group";
import {
  advance,
  burstSeconds,
  floorPerSecond,
  giveBackPace,
  learn,
  type MailboxPace,
  newPace,
  stepMs,
  takePace,
} from "#domain/sending/mailbox-pace";

const startMs = Date.UTC(2026, 10, 22, 12);
const slowed = (sent = 50, deferred = 50) =>
  learn(newPace(startMs), "gmail", { sent, deferred }, 40, startMs);

test.each<[string, MailboxGroup]>([
  ["a@gmail.com", "gmail"],
  ["a@GoogleMail.com", "gmail"],
  ["a@hotmail.co.uk", "outlook"],
  ["a@live.nl", "outlook"],
  ["a@outlook.com", "outlook"],
  ["a@yahoo.com.br", "yahoo"],
  ["a@aol.com", "yahoo"],
  ["a@me.com", "apple"],
  ["a@live.example", "other"],
  ["a@yahoo.shop.example", "other"],
  ["a@notgmail.com", "other"],
  ["+353871234567", "other"],
])("%s is kept by %s", (address, group) => {
  expect(mailboxGroupOf(address)).toBe(group);
});

test("every address has a group", () => {
  fc.assert(fc.property(fc.string(), (text) => mailboxGroups.includes(mailboxGroupOf(text))));
});

test("nothing put off, nothing slowed, whatever is sent", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 10_000 })), (counts) => {
      let pace = newPace(startMs);
      counts.forEach((sent, i) => {
        pace = learn(pace, "gmail", { sent, deferred: 0 }, 1_000, startMs + i * 1_000);
      });
      expect(takePace(pace, 500, startMs + 1e6).granted).toBe(500);
    }),
  );
});

test("more than a tenth put off halves the pace; a handful of messages says nothing; others need half", () => {
  expect(slowed().ratePerSecond).toBe(20);
  expect(slowed(90, 11).ratePerSecond).toBe(20);
  expect(slowed(90, 10).ratePerSecond).toBeNull();
  expect(slowed(0, 19).ratePerSecond).toBeNull();
  expect(learn(newPace(startMs), "other", { sent: 60, deferred: 40 }, 40, startMs).ratePerSecond).toBeNull();
  expect(learn(newPace(startMs), "other", { sent: 40, deferred: 60 }, 40, startMs).ratePerSecond).toBe(20);
});

test("a cut is given time to take effect; put off still, it is cut again", () => {
  const bad = { sent: 0, deferred: 100 };
  const once = slowed();
  expect(learn(once, "gmail", bad, 40, startMs + 1_000).ratePerSecond).toBe(20);
  const again = learn(once, "gmail", bad, 40, startMs + stepMs);
  // Raised by a tenth of the former pace in the meantime, then halved.
  expect(again.ratePerSecond).toBe(12);
  expect(again.ceilingPerSecond).toBe(40);
});

const history = fc.array(
  fc.record({
    sent: fc.integer({ min: 0, max: 200 }),
    deferred: fc.integer({ min: 0, max: 200 }),
    afterMs: fc.integer({ min: 0, max: 90_000 }),
  }),
  { maxLength: 40 },
);
function live(steps: readonly { sent: number; deferred: number; afterMs: number }[], rate: number) {
  let pace: MailboxPace = newPace(startMs);
  let nowMs = startMs;
  for (const { afterMs, ...learned } of steps) {
    nowMs += afterMs;
    pace = learn(pace, "yahoo", learned, rate, nowMs);
  }
  return { pace, nowMs };
}

test("whatever happens, the pace lies between the floor and where the trouble began", () => {
  fc.assert(
    fc.property(history, fc.integer({ min: 1, max: 5_000 }), (steps, rate) => {
      const { pace } = live(steps, rate);
      if (pace.ratePerSecond === null) return;
      expect(pace.ratePerSecond).toBeGreaterThanOrEqual(floorPerSecond);
      expect(pace.ratePerSecond).toBeLessThan(pace.ceilingPerSecond);
      expect(pace.ceilingPerSecond).toBeLessThanOrEqual(Math.max(rate, 2 * floorPerSecond));
    }),
  );
});

test("quiet for ten minutes, every pace is free again", () => {
  fc.assert(
    fc.property(history, (steps) => {
      const { pace, nowMs } = live(steps, 100);
      expect(advance(pace, nowMs + 600_000).ratePerSecond).toBeNull();
    }),
  );
});

test("slowed down, no more leaves than the pace allows and ten seconds' worth", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 10 }), (waits) => {
      let pace = slowed();
      let nowMs = startMs;
      let granted = 0;
      for (const waitMs of waits) {
        nowMs += waitMs;
        const taken = takePace(pace, 1_000, nowMs);
        pace = taken.pace;
        granted += taken.granted;
      }
      // At most 20 s pass: no raise falls into them.
      expect(granted).toBeLessThanOrEqual((20 * (nowMs - startMs)) / 1_000 + 1e-3);
    }),
  );
});

test("what is given back is there again, up to ten seconds' worth", () => {
  const pace = giveBackPace(slowed(), 1_000_000);
  expect(takePace(pace, 1_000_000, startMs).granted).toBe(20 * burstSeconds);
});
