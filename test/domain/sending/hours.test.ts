/** Quiet hours hold on every clock there is, summer time included. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isQuietMinute, quietUntilMs } from "#domain/sending/hours";
import {
  changeBetween,
  firstZone,
  minuteOfDay,
  momentOf,
  offsetMs,
  wallTime,
} from "#domain/sending/zone-clock";

const zones = [
  "UTC",
  "Europe/Dublin",
  "America/New_York",
  "America/St_Johns",
  "Asia/Kathmandu",
  "Australia/Lord_Howe",
  "Pacific/Chatham",
  "Pacific/Kiritimati",
  "Pacific/Pago_Pago",
  "Africa/Casablanca",
];
const zone = fc.constantFrom(...zones);
const minute = 60_000;
// Three years, so that every change of every clock above is met.
const moment = fc.integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2028, 0, 1) });
const clock = (n: number) =>
  `${String(Math.floor(n / 60)).padStart(2, "0")}:${String(n % 60).padStart(2, "0")}`;
const hours = fc
  .tuple(fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 0, max: 1439 }))
  .filter(([from, to]) => from !== to)
  .map(([from, to]) => ({ from: clock(from), to: clock(to) }));

/** Another way to ask Intl, minute by minute, with nothing remembered. */
function slowMinute(name: string, at: number): number {
  const text = new Intl.DateTimeFormat("en-GB", {
    timeZone: name,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const [h = "0", m = "0"] = text.format(at).split(":");
  return Number(h) * 60 + Number(m);
}

describe("the clock", () => {
  test("shows what Intl shows, at any moment in any zone", () => {
    fc.assert(
      fc.property(zone, moment, (name, at) => minuteOfDay(name, at) === slowMinute(name, at)),
      {
        numRuns: 500,
      },
    );
  });
  test("a wall time and its moment are each other's, but for the hour that is never shown", () => {
    fc.assert(
      fc.property(zone, moment, (name, at) => {
        const wall = wallTime(name, at);
        const back = momentOf(name, wall);
        expect(wallTime(name, back)).toBe(wall);
        // Shown twice, the first time counts.
        expect(back).toBeLessThanOrEqual(at);
        expect(at - back).toBeLessThan(3 * 60 * minute);
      }),
      { numRuns: 500 },
    );
  });
  test("finds the quarter at which a clock is changed", () => {
    const inDublin = changeBetween("Europe/Dublin", Date.UTC(2026, 2, 28, 12), Date.UTC(2026, 2, 29, 12));
    expect(inDublin).toBe(Date.UTC(2026, 2, 29, 1));
    // Lord Howe moves by half an hour, at half past three of UTC.
    const onLordHowe = changeBetween("Australia/Lord_Howe", Date.UTC(2026, 3, 4, 6), Date.UTC(2026, 3, 5, 6));
    expect(onLordHowe).toBe(Date.UTC(2026, 3, 4, 15));
    expect(offsetMs("Australia/Lord_Howe", Date.UTC(2026, 3, 4, 14, 59))).toBe(11 * 60 * minute);
    expect(offsetMs("Australia/Lord_Howe", Date.UTC(2026, 3, 4, 15))).toBe(10.5 * 60 * minute);
  });
  test("an hour that is never shown is read by the old offset, one shown twice is its first", () => {
    expect(momentOf("America/New_York", "2026-03-08T02:30")).toBe(Date.UTC(2026, 2, 8, 7, 30));
    expect(momentOf("America/New_York", "2026-11-01T01:30")).toBe(Date.UTC(2026, 10, 1, 5, 30));
  });
  test("what is no zone falls back to the next that is one", () => {
    expect(firstZone("", "Europe/Dublin")).toBe("Europe/Dublin");
    expect(firstZone("Mars/Base", "Asia/Tokyo")).toBe("Asia/Tokyo");
    expect(firstZone("Mars/Base", "")).toBe("UTC");
  });
});

describe("quiet hours", () => {
  test("someone in New York who should get it at 22:10 gets it at 09:00", () => {
    const until = quietUntilMs(
      { from: "20:00", to: "09:00" },
      "America/New_York",
      Date.UTC(2026, 11, 2, 3, 10),
    );
    expect(until).toBe(Date.UTC(2026, 11, 2, 14));
  });
  test("end at the first minute that is not quiet, and every minute before it is quiet", () => {
    fc.assert(
      fc.property(zone, hours, moment, (name, quiet, at) => {
        const until = quietUntilMs(quiet, name, at);
        if (until === undefined) return !isQuietMinute(quiet, slowMinute(name, at));
        expect(until).toBeGreaterThan(at);
        expect(isQuietMinute(quiet, slowMinute(name, until))).toBe(false);
        for (let t = at; t < until; t += 7 * minute)
          expect(isQuietMinute(quiet, slowMinute(name, t))).toBe(true);
        expect(isQuietMinute(quiet, slowMinute(name, until - 1))).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
  test("end with the night in which the clock is put forward or back", () => {
    // 01:59 is followed by 03:00: quiet until half past two ends at three.
    const gap = quietUntilMs({ from: "22:00", to: "02:30" }, "America/New_York", Date.UTC(2026, 2, 8, 6));
    expect(gap).toBe(Date.UTC(2026, 2, 8, 7));
    const shortNight = quietUntilMs(
      { from: "20:00", to: "09:00" },
      "Europe/Dublin",
      Date.UTC(2026, 2, 28, 22),
    );
    expect(shortNight).toBe(Date.UTC(2026, 2, 29, 8));
    const longNight = quietUntilMs(
      { from: "20:00", to: "09:00" },
      "Europe/Dublin",
      Date.UTC(2026, 9, 24, 22),
    );
    expect(longNight).toBe(Date.UTC(2026, 9, 25, 9));
  });
});
