/** Look-alikes that save segments without changing what is read. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { septetsOf, toGsm7 } from "#domain/sms/gsm7";
import { countSegments } from "#domain/sms/segments";

describe("the offer to write a text in the GSM alphabet", () => {
  test("curly quotes, dashes and ellipses are replaced and told", () => {
    expect(toGsm7("“It’s here” – today…")).toEqual({
      text: '"It\'s here" - today...',
      replaced: [
        { from: "“", to: '"' },
        { from: "’", to: "'" },
        { from: "”", to: '"' },
        { from: "–", to: "-" },
        { from: "…", to: "..." },
      ],
      left: [],
    });
  });

  test("a letter and its separate accent become the one letter of the alphabet", () => {
    expect(toGsm7("cafe\u0301")).toEqual({ text: "café", replaced: [], left: [] });
  });

  test("letters are never changed behind the writer's back", () => {
    expect(toGsm7("Fógra: ça va 😀")).toMatchObject({ text: "Fógra: ça va 😀", left: ["ó", "ç", "😀"] });
  });

  test("accents go where that is asked for, and what has no letter behind it stays", () => {
    expect(toGsm7("Zażółć gęślą jaźń, à bientôt 😀", { dropAccents: true })).toMatchObject({
      text: "Zazolc gesla jazn, à bientot 😀",
      left: ["😀"],
    });
  });

  test("no-break spaces and full-width letters read the same", () => {
    expect(toGsm7("ＡＢｃ１２\u00a0km").text).toBe("ABc12 km");
  });

  test("nothing is replaced by something outside the alphabet, and a second look changes nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), fc.boolean(), (text, dropAccents) => {
        const offer = toGsm7(text, { dropAccents });
        for (const { from, to } of offer.replaced) {
          expect(septetsOf(from)).toBeUndefined();
          for (const part of to) expect(septetsOf(part)).toBeDefined();
        }
        expect(countSegments(offer.text).outsideGsm).toEqual(offer.left);
        expect(toGsm7(offer.text, { dropAccents }).text).toBe(offer.text);
      }),
    );
  });
});
