/** Replies: what is a keyword, what is for a person to read, and what is just talk. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answerTo } from "#domain/sms/answers";
import { keywordsOf, type Language, readReply } from "#domain/sms/keywords";
import { countSegments } from "#domain/sms/segments";

const all = (["stop", "start", "help"] as const).flatMap((keyword) =>
  keywordsOf(keyword).map((word) => ({ keyword, word })),
);

describe("a keyword", () => {
  test.each([
    "STOP",
    "STOPALL",
    "UNSUBSCRIBE",
    "CANCEL",
    "END",
    "QUIT",
    "REVOKE",
    "OPTOUT",
    "Opt-Out",
    "opt out",
    "Stop all",
  ])("%s leaves", (text) => expect(readReply(text)).toMatchObject({ keyword: "stop", needsReview: false }));
  test.each([
    ["ABMELDEN", "de"],
    ["Désabonner", "fr"],
    ["ARRÊT", undefined],
    ["Baja", "es"],
    ["Dar de baja", "es"],
    ["Annulla", "it"],
    ["SAIR", "pt"],
    ["Afmelden.", "nl"],
    ["Rezygnuję", "pl"],
    ["Díliostáil", "ga"],
    ["STAD", "ga"],
  ] as const)("%s leaves in its own language (%s)", (text, language) => {
    expect(readReply(text)).toEqual({ keyword: "stop", language, needsReview: false });
  });
  test.each(["START", "unstop", "Yes", "YES!"])("%s comes back", (text) =>
    expect(readReply(text).keyword).toBe("start"),
  );
  test.each(["HELP", "info", "Hilfe?", "pomoc"])("%s asks for help", (text) =>
    expect(readReply(text).keyword).toBe("help"),
  );

  test("is known in any case and with any decoration, but only alone", () => {
    const edges = fc.constantFrom("", " ", "!", "...", '"', "“", "»", "\n", " 🙏", "\u00a0", "*");
    const dressed = fc.tuple(fc.constantFrom(...all), edges, edges, fc.boolean());
    fc.assert(
      fc.property(dressed, ([{ keyword, word }, before, after, isUpper]) => {
        const text = before + (isUpper ? word.toUpperCase() : word) + after;
        expect(readReply(text)).toMatchObject({ keyword, needsReview: false });
      }),
    );
  });

  test("with any other word beside it is none", () => {
    const other = fc.constantFrom("bus", "sign", "tomorrow", "the", "please", "von", "mañana", "wars", "42");
    fc.assert(
      fc.property(fc.constantFrom(...all), other, fc.boolean(), ({ word }, beside, isFirst) => {
        expect(readReply(isFirst ? `${beside} ${word}` : `${word} ${beside}`).keyword).toBeUndefined();
      }),
    );
  });

  test("each means one thing", () => {
    expect(new Set(all.map(({ word }) => word)).size).toBe(all.length);
  });
});

describe("a reply that is no keyword", () => {
  test.each([
    "please stop",
    "Please stop texting me!!",
    "Stop\n\nSent from my iPhone",
    "can you stop?",
    "STOP SENDING THESE",
    "take me off your list",
    "Don't text me again",
    "I want to unsubscribe",
    "Remove me",
    "wrong number",
    "no more messages please",
    "Bitte keine SMS mehr",
    "Hört auf damit",
    "Arrêtez de m'écrire",
    "je ne veux plus de messages",
    "No quiero más mensajes",
    "Não quero receber isto",
    "Non voglio più messaggi",
    "Graag geen berichten meer",
    "Proszę nie pisać",
    "Stad de na téacsanna",
  ])("but asks to leave is for a person to read: %s", (text) =>
    expect(readReply(text)).toEqual({ keyword: undefined, language: undefined, needsReview: true }),
  );

  test.each([
    "Is there a bus stop near the shop?",
    "Nonstop great, thanks",
    "What time do you open at the weekend?",
    "The end of the sale is when?",
    "I will start on Monday",
    "Can you help me with my order 1234?",
    "yes please, two of them",
    "Danke, bis Ende März!",
    "Je vous remercie",
    "Hasta mañana, un saludo",
    "Va bene, a domani",
    "Dziękuję bardzo",
    "Go raibh maith agat",
    "👍",
    "",
  ])("and asks for nothing stays as it is: %j", (text) =>
    expect(readReply(text)).toEqual({ keyword: undefined, language: undefined, needsReview: false }),
  );
});

describe("the answer to a keyword", () => {
  const languages: Language[] = ["en", "de", "fr", "es", "it", "pt", "nl", "pl", "ga"];

  test("is one segment, however long the name, unless its language or the name lies outside the GSM alphabet", () => {
    const long = "A very long name of a shop indeed, Limited ".repeat(4);
    for (const language of languages)
      for (const keyword of ["stop", "start", "help"] as const) {
        const count = (brand: string) =>
          countSegments(answerTo(keyword, { brand, language, locale: "" })).segments;
        expect(count("Acme"), `${language} ${keyword}`).toBe(1);
        expect(count(long), `${language} ${keyword}`).toBeLessThanOrEqual(language === "ga" ? 2 : 1);
        expect(count("靴屋".repeat(40)), `${language} ${keyword}`).toBeLessThanOrEqual(3);
      }
  });

  test("to HELP names where to ask, and still fits one segment", () => {
    const contact = "customer.service@a-rather-long-shop.example";
    expect(answerTo("help", { brand: "Acme", language: "en", locale: "", contact: "hi@acme.ie" })).toContain(
      " hi@acme.ie. ",
    );
    for (const language of languages.filter((one) => one !== "ga")) {
      const text = answerTo("help", {
        brand: "A".repeat(60),
        language,
        locale: "",
        contact: contact.slice(-40),
      });
      expect(countSegments(text).segments, text).toBe(1);
    }
  });

  test("begins with the name", () => {
    expect(answerTo("stop", { brand: " O’Neill’s \n Shoes", language: "en", locale: "" })).toMatch(
      /^O'Neill's Shoes: /,
    );
  });

  test("speaks the keyword's language, else the person's, else English", () => {
    const who = { brand: "Acme", language: undefined, locale: "" };
    expect(answerTo("stop", { ...who, language: "de", locale: "fr-FR" })).toContain("abgemeldet");
    expect(answerTo("stop", { ...who, locale: "fr-FR" })).toContain("désabonné");
    expect(answerTo("stop", { ...who, locale: "zh-CN" })).toContain("unsubscribed");
  });

  test("every answer but the goodbye says how to leave", () => {
    for (const language of languages)
      for (const keyword of ["start", "help"] as const)
        expect(answerTo(keyword, { brand: "Acme", language, locale: "" })).toContain("STOP");
  });
});
