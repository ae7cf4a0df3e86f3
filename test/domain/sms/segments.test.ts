/** Counting parts of text messages, by cases that were measured and against the calculator Twilio publishes. */
import fc from "fast-check";
import { SegmentedMessage } from "sms-segments-calculator";
import { describe, expect, test } from "vitest";
import { septetsOf } from "#domain/sms/gsm7";
import { countSegments, limits } from "#domain/sms/segments";

const a = (count: number) => "a".repeat(count);

describe("parts of a text message", () => {
  test.each([
    [a(160), "gsm-7", 1],
    [a(161), "gsm-7", 2],
    [a(306), "gsm-7", 2],
    [a(307), "gsm-7", 3],
    ["€".repeat(80), "gsm-7", 1],
    ["€".repeat(81), "gsm-7", 2],
    [`${a(152)}€${a(151)}`, "gsm-7", 2],
    [`${a(152)}€${a(152)}`, "gsm-7", 3],
    ["é".repeat(160), "gsm-7", 1],
    ["ç", "ucs-2", 1],
    ["it’s", "ucs-2", 1],
    ["字".repeat(70), "ucs-2", 1],
    ["字".repeat(71), "ucs-2", 2],
    ["字".repeat(134), "ucs-2", 2],
    ["字".repeat(135), "ucs-2", 3],
    ["😀".repeat(35), "ucs-2", 1],
    ["😀".repeat(36), "ucs-2", 2],
    ["😀".repeat(66), "ucs-2", 2],
    // 33 pairs a part: the 67th unit of each stays empty.
    ["😀".repeat(67), "ucs-2", 3],
  ] as const)("%j is %s in %i", (text, encoding, segments) => {
    expect(countSegments(text)).toMatchObject({ encoding, segments });
    expect(new SegmentedMessage(text).segmentsCount).toBe(segments);
  });

  test("an empty text is no message", () => {
    expect(countSegments("")).toEqual({
      encoding: "gsm-7",
      units: 0,
      segments: 0,
      left: 160,
      outsideGsm: [],
    });
  });

  test("the characters that make a text expensive are named once, in order", () => {
    expect(countSegments("ça va? “oui” ça").outsideGsm).toEqual(["ç", "“", "”"]);
  });

  test("brackets take two septets, and one unit in a text that is UCS-2 anyway", () => {
    expect(countSegments("[x]").units).toBe(5);
    expect(countSegments("[字]").units).toBe(3);
  });

  const character = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(..."abc XYZ 0123\n@£$éÜΩ") },
    { weight: 2, arbitrary: fc.constantFrom(..."^{}\\[~]|€\f") },
    { weight: 1, arbitrary: fc.constantFrom(..."çáʼ’字—") },
    { weight: 1, arbitrary: fc.constantFrom("😀", "🎉", "𝄞") },
  );
  const texts = fc
    .tuple(fc.array(character, { maxLength: 40 }), fc.integer({ min: 1, max: 14 }))
    .map(([characters, times]) => characters.join("").repeat(times))
    .filter((text) => text !== "");

  test("agrees with Twilio's calculator wherever one character is one sign", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const theirs = new SegmentedMessage(text);
        const ours = countSegments(text);
        expect(ours.encoding).toBe(theirs.encodingName.toLowerCase());
        expect(ours.segments).toBe(theirs.segmentsCount);
      }),
      { numRuns: 500 },
    );
  });

  test("knows the same alphabet as the calculator, over every code unit", () => {
    for (let code = 0; code < 0xd800; code++) {
      const text = String.fromCharCode(code);
      const isGsm = new SegmentedMessage(text).encodingName === "GSM-7";
      expect(septetsOf(text) !== undefined, `U+${code.toString(16)}`).toBe(isGsm);
    }
  });

  // The calculator keeps signs made of several characters in one part; the standard does not ask for it.
  test("signs of several characters never make us count more than the calculator", () => {
    const family = fc.constantFrom("👨‍👩‍👧‍👦", "🇮🇪", "é", "a", "字");
    fc.assert(
      fc.property(fc.array(family, { minLength: 1, maxLength: 120 }), (signs) => {
        const text = `字${signs.join("")}`;
        expect(countSegments(text).segments).toBeLessThanOrEqual(new SegmentedMessage(text).segmentsCount);
      }),
      { numRuns: 200 },
    );
  });

  test("`left` is what fits: one more unit than that is one more segment", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const { encoding, left, segments } = countSegments(text);
        const one = encoding === "gsm-7" ? "a" : "字";
        // Past a single message the first extra unit also costs the headers, so only the limit itself is asked there.
        expect(countSegments(text + one.repeat(left)).segments).toBe(segments);
        expect(countSegments(text + one.repeat(left + 1)).segments).toBe(segments + 1);
        expect(left).toBeLessThanOrEqual(limits[encoding].single);
      }),
      { numRuns: 300 },
    );
  });
});
