/** Names, numbers and short codes, and which of them can be answered. */
import { describe, expect, test } from "vitest";
import { optOutBy, readSender, senderRules } from "#domain/sms/sender-id";

const twilio = (text: string) => readSender(text, senderRules.twilio);

describe("a sender", () => {
  test.each([
    ["+353871234567", "number"],
    ["50015", "short_code"],
  ])("%s is a %s that takes replies, so a keyword is a way out", (text, kind) => {
    const read = twilio(text);
    expect(read).toEqual({ ok: true, sender: { kind, takesReplies: true } });
    if (read.ok) expect(optOutBy(read.sender)).toBe("keyword");
  });

  test("a name cannot be answered, so the way out must be a link", () => {
    const read = twilio("Acme Shoes");
    expect(read).toEqual({ ok: true, sender: { kind: "name", takesReplies: false } });
    if (read.ok) expect(optOutBy(read.sender)).toBe("link");
  });

  test.each([
    ["", "empty"],
    ["  ", "empty"],
    ["AcmeShoesLtd", "too_long"],
    ["12 & 34", "no_letter"],
    ["Acme€", "characters"],
    ["Ácme", "characters"],
    ["Acme\nLtd", "characters"],
    [" Acme", "characters"],
    ["+0871234567", "number"],
    ["0871234567", "number"],
    ["+353 87 123", "number"],
  ])("%j is refused: %s", (text, problem) => {
    expect(twilio(text)).toEqual({ ok: false, problem });
  });

  test("Sendmode takes longer names, and a word for its pool of numbers that can be answered", () => {
    expect(readSender("AcmeShoesLtd", senderRules.sendmode).ok).toBe(true);
    expect(readSender("AcmeShoesLimited", senderRules.sendmode)).toEqual({ ok: false, problem: "too_long" });
    expect(readSender("Repliable", senderRules.sendmode)).toMatchObject({ sender: { takesReplies: true } });
  });
});
