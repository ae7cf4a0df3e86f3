/** The mail as bytes, read back by a parser that is not ours. */
import fc from "fast-check";
import PostalMime from "postal-mime";
import { describe, expect, test } from "vitest";
import { dotStuffed, type MimeMail, mimeMessage } from "#domain/message/mime";
import { quotedPrintable } from "#domain/message/quoted-printable";

const mail = (over: Partial<MimeMail> = {}): MimeMail => ({
  from: { email: "news@shop.example", name: "Shop" },
  to: { email: "ann@people.example", name: "Ann" },
  subject: "Hello",
  html: "<p>Hello</p>",
  text: "Hello",
  headers: {},
  messageId: "msg_01m825qb22f54rkkv7webmw8ka@shop.example",
  sentAtMs: Date.UTC(2026, 10, 22, 9, 30),
  ...over,
});
const parse = (m: MimeMail) => PostalMime.parse(mimeMessage(m));
const headOf = (text: string) => text.slice(0, text.indexOf("\r\n\r\n"));
/** Header fields by name, folded lines joined. */
const fields = (text: string) =>
  headOf(text)
    .replace(/\r\n(?=[ \t])/g, "")
    .split("\r\n")
    .map((line) => line.slice(0, line.indexOf(":")).toLowerCase());

// Line breaks travel as CRLF, and the parser gives them back as LF with one at the end.
const lines = (text: string | undefined) => (text ?? "").replace(/\r\n|\r/g, "\n").replace(/\n$/, "");
const printable = fc.string({ unit: "binary", maxLength: 300 }).filter((s) => s.isWellFormed());
const content = printable.map((s) => s.replaceAll("\0", ""));

describe("a mail", () => {
  test("comes back as it was given, in every language", async () => {
    const given = mail({
      subject:
        "Größe — 値段 🎉 and a subject so long that it has to be folded over several lines of the header",
      html: "<p>Ünïcödé 💌</p>\n<p>second line</p>",
      text: "Ünïcödé 💌\nsecond line",
      from: { email: "news@shop.example", name: "Šárka & Søn" },
      replyTo: { email: "help@shop.example" },
    });
    const read = await parse(given);
    expect(read.subject).toBe(given.subject);
    expect(read.from).toEqual({ address: "news@shop.example", name: "Šárka & Søn" });
    expect(read.to).toEqual([{ address: "ann@people.example", name: "Ann" }]);
    expect(read.replyTo).toEqual([{ address: "help@shop.example", name: "" }]);
    expect(lines(read.html)).toBe(given.html);
    expect(lines(read.text)).toBe(given.text);
    expect(read.messageId).toBe(`<${given.messageId}>`);
    expect(read.date).toBe("2026-11-22T09:30:00.000Z");
  });

  test("is the same bytes every time", () => {
    expect(mimeMessage(mail())).toBe(mimeMessage(mail()));
  });

  test("is ASCII, in lines of at most 998 characters ended by CRLF", () => {
    fc.assert(
      fc.property(printable, printable, printable, (subject, html, name) => {
        const text = mimeMessage(mail({ subject, html, from: { email: "a@b.example", name } }));
        expect(text).toMatch(/^[\t\r\n -~]*$/);
        expect(text.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
        for (const line of text.split("\r\n")) expect(line.length).toBeLessThanOrEqual(998);
      }),
    );
  });

  test("carries any body unharmed", async () => {
    await fc.assert(
      fc.asyncProperty(content, content, async (html, text) => {
        const read = await parse(mail({ html: `<i>${html}</i>`, text: `.${text}.` }));
        expect(lines(read.html)).toBe(lines(`<i>${html}</i>`));
        expect(lines(read.text)).toBe(lines(`.${text}.`));
      }),
    );
  });

  test("carries any subject and name as one line", async () => {
    const flat = printable.map((s) =>
      s
        .replace(/[\r\n\0]+/g, " ")
        .replace(/\s+/g, " ")
        .trim(),
    );
    await fc.assert(
      fc.asyncProperty(flat, async (subject) => {
        expect((await parse(mail({ subject }))).subject ?? "").toBe(subject);
      }),
    );
  });

  test("takes a subject at its word: a line break is a space, and what looks encoded is not decoded", async () => {
    expect((await parse(mail({ subject: "a\r\nb" }))).subject).toBe("a b");
    const looksEncoded = "=?utf-8?B?Zm9v?=";
    expect((await parse(mail({ subject: looksEncoded }))).subject).toBe(looksEncoded);
  });

  test("lets nobody add a header through subject, name, address field or value", () => {
    const evil = "x\r\nBcc: victim@people.example\r\n\r\n<script>";
    const written = fields(
      mimeMessage(
        mail({
          subject: evil,
          from: { email: "news@shop.example", name: evil },
          headers: { "X-Note": evil, "X-Bad\r\nBcc": "y", "X Space": "z" },
        }),
      ),
    );
    expect(written).not.toContain("bcc");
    expect(written.filter((name) => name.startsWith("x"))).toEqual(["x-note"]);
  });

  test("does not let extra headers replace its own", () => {
    const text = mimeMessage(
      mail({
        headers: {
          from: "evil@x.example",
          "Content-Type": "text/plain",
          BCC: "v@x.example",
          "List-Id": "<a>",
        },
      }),
    );
    const written = fields(text);
    for (const name of ["from", "to", "subject", "date", "message-id", "mime-version", "content-type"])
      expect(
        written.filter((field) => field === name),
        name,
      ).toHaveLength(1);
    expect(written).toContain("list-id");
    expect(written).not.toContain("bcc");
  });

  test("keeps a long address in List-Unsubscribe whole", async () => {
    const url = `<https://shop.example/t/u/${"a".repeat(900)}>`;
    const read = await parse(mail({ headers: { "List-Unsubscribe": url } }));
    expect(read.headers.find((h) => h.key === "list-unsubscribe")?.value).toBe(url);
  });
});

describe("quoted-printable", () => {
  test("keeps within 76 characters and never ends a line in a space", () => {
    fc.assert(
      fc.property(printable, (text) => {
        for (const line of quotedPrintable(text).split("\r\n")) {
          expect(line.length).toBeLessThanOrEqual(76);
          expect(line).not.toMatch(/[ \t]$/);
        }
      }),
    );
  });
  // Appendix of the rules themselves (RFC 2045 §6.7).
  test.each([
    ["a=b", "a=3Db"],
    ["é", "=C3=A9"],
    ["end ", "end=20"],
    ["tab\t", "tab=09"],
    ["a\nb\r\nc\rd", "a\r\nb\r\nc\r\nd"],
    ["x".repeat(77), `${"x".repeat(75)}=\r\nxx`],
    ["x".repeat(76), "x".repeat(76)],
  ])("writes %j as %j", (text, wanted) => {
    expect(quotedPrintable(text)).toBe(wanted);
  });
});

describe("dot-stuffing", () => {
  test("doubles a dot at the start of a line and nowhere else, and ends in CRLF", () => {
    expect(dotStuffed(".a\r\nb.c\r\n..\r\n.")).toBe("..a\r\nb.c\r\n...\r\n..\r\n");
  });
  test("leaves no line that could end the mail", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(".", "..", "a", "", ".b")), (parts) => {
        expect(dotStuffed(parts.join("\r\n")).split("\r\n")).not.toContain(".");
      }),
    );
  });
});
