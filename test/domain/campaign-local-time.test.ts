/** A campaign at nine o'clock everywhere is launched in time for every clock. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { launchMs, localTimeOf, personsMoment, widestSpreadMs } from "#domain/campaign/local-time";
import { wallTime } from "#domain/sending/zone-clock";

const zones = Intl.supportedValuesOf("timeZone");
const zone = fc.constantFrom(...zones);
const moment = fc
  .integer({ min: Date.UTC(2026, 0, 1) / 60_000, max: Date.UTC(2028, 0, 1) / 60_000 })
  .map((minutes) => minutes * 60_000);

test("it is launched before the moment of anybody, and at most a day and two hours before the workspace's own", () => {
  fc.assert(
    fc.property(zone, zone, moment, (tenant, person, at) => {
      const schedule = { scheduledAt: new Date(at), scheduledLocal: true };
      const launch = launchMs(schedule, tenant);
      const local = localTimeOf(schedule, tenant) ?? "";
      expect(launch).toBeGreaterThanOrEqual(at - widestSpreadMs);
      expect(launch).toBeLessThanOrEqual(at);
      const theirs = personsMoment(local, person, launch - 1);
      expect(theirs).not.toBeNull();
      // The hour that is skipped in spring is the only one a clock does not show.
      const shown = wallTime(person, theirs?.getTime() ?? 0);
      expect([0, 30, 60]).toContain((Date.parse(`${shown}:00Z`) - Date.parse(`${local}:00Z`)) / 60_000);
    }),
    { numRuns: 300 },
  );
});

test("without it, the moment is the moment", () => {
  const at = Date.UTC(2026, 11, 1, 9);
  expect(launchMs({ scheduledAt: new Date(at), scheduledLocal: false }, "Asia/Tokyo")).toBe(at);
  expect(localTimeOf({ scheduledAt: new Date(at), scheduledLocal: false }, "Asia/Tokyo")).toBeNull();
});

test("whose moment has passed gets it at once", () => {
  const noonUtc = Date.UTC(2026, 11, 1, 12);
  expect(personsMoment("2026-12-01T09:00", "Asia/Tokyo", noonUtc)).toBeNull();
  expect(personsMoment("2026-12-01T09:00", "America/New_York", noonUtc)).toEqual(
    new Date(Date.UTC(2026, 11, 1, 14)),
  );
});
