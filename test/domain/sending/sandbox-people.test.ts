/** People of the sandbox by telephone: the number alone decides, and most just get their text. */
import { describe, expect, test } from "vitest";
import { actsOf, type Plot, plotOf, receptionOf, wordsOf } from "#domain/sending/sandbox-people";
import { plotOf as plotOfReader } from "#domain/sending/sandbox-plot";
import { readReply } from "#domain/sms/keywords";

const crowd = Array.from(
  { length: 20_000 },
  (_, i) => `+35387${(i * 37).toString().padStart(7, "0")}`,
).filter((number) => !/99[1-9]$/.test(number));
const share = (plot: Plot) =>
  (crowd.filter((number) => plotOf(number) === plot).length / crowd.length) * 1_000;

describe("a person by telephone", () => {
  test.each([
    ["unreachable", 20],
    ["answers", 30],
    ["stops", 7],
    ["receives", 943],
  ] as const)("%s: about %i of a thousand", (plot, expected) => {
    expect(Math.abs(share(plot) - expected)).toBeLessThan(Math.max(3, expected * 0.15));
  });

  test("never takes it badly by chance: pleas and questions are asked for by number", () => {
    for (const plot of ["starts", "asks", "pleads"] as const) expect(share(plot)).toBe(0);
    expect(crowd.every((number) => receptionOf(number) === "takes")).toBe(true);
  });

  test("gets the text before writing back, and what they write is what it is played for", () => {
    for (const [digits, keyword] of [
      ["994", "stop"],
      ["995", "start"],
      ["996", "help"],
    ] as const) {
      const number = `+353870000${digits}`;
      const [first, second] = actsOf(number);
      expect([first?.happening, second?.happening]).toEqual(["delivered", "replied"]);
      expect(second?.afterMs).toBeGreaterThan(first?.afterMs ?? 0);
      expect(readReply(wordsOf[plotOf(number)] ?? "").keyword).toBe(keyword);
    }
    expect(readReply(wordsOf.pleads ?? "")).toMatchObject({ keyword: undefined, needsReview: true });
    expect(readReply(wordsOf.answers ?? "")).toMatchObject({ keyword: undefined, needsReview: false });
  });

  test("is told from a person by mail, whose rules stay their own", () => {
    for (const address of ["ann@people.example", "bounce@people.example", "+353870000994@people.example"])
      expect(plotOf(address)).toBe(plotOfReader(address));
  });
});
