/** Files in a mail, read back by a parser that is not ours. */
import fc from "fast-check";
import PostalMime from "postal-mime";
import { describe, expect, test } from "vitest";
import { mimeMessage } from "#domain/message/mime";
import type { Attachment } from "#domain/sending/provider";

const raw = (attachments: readonly Attachment[]) =>
  mimeMessage({
    from: { email: "news@shop.example" },
    to: { email: "ann@people.example" },
    subject: "Hello",
    html: '<p>Grüße <img src="cid:logo@shop"></p>',
    text: "Grüße",
    headers: {},
    messageId: "msg_01m825qb22f54rkkv7webmw8ka@shop.example",
    sentAtMs: Date.UTC(2026, 10, 22, 9, 30),
    attachments,
  });
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
const file = (over: Partial<Attachment> = {}): Attachment => ({
  filename: "terms.pdf",
  contentType: "application/pdf",
  content: base64(new TextEncoder().encode("PDF!")),
  ...over,
});
const bytesOf = (content: string | ArrayBuffer | Uint8Array) =>
  typeof content === "string" ? Buffer.from(content) : Buffer.from(content as ArrayBuffer);

describe("files in a mail", () => {
  test("stand after the text, and images next to the HTML that shows them", async () => {
    const logo = file({ filename: "logo.png", contentType: "image/png", contentId: "logo@shop" });
    const text = raw([logo, file()]);
    const read = await PostalMime.parse(text);
    expect(read.text?.trim()).toBe("Grüße");
    expect(read.html).toContain("cid:logo@shop");
    expect(read.attachments).toMatchObject([
      {
        filename: "logo.png",
        mimeType: "image/png",
        disposition: "inline",
        contentId: "<logo@shop>",
        related: true,
      },
      { filename: "terms.pdf", mimeType: "application/pdf", disposition: "attachment" },
    ]);
    expect(text.indexOf("multipart/mixed")).toBeLessThan(text.indexOf("multipart/related"));
    expect(text.indexOf("multipart/related")).toBeLessThan(text.indexOf('multipart/alternative";'));
  });

  test("come back byte for byte under the name they had, whatever both are", async () => {
    const names = fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }).map((s) => `x${s}x`);
    await fc.assert(
      fc.asyncProperty(names, fc.uint8Array({ maxLength: 400 }), async (name, bytes) => {
        const text = raw([
          file({ filename: name, contentType: "application/x-any", content: base64(bytes) }),
        ]);
        for (const line of text.split("\r\n")) expect(line.length).toBeLessThanOrEqual(78);
        const read = await PostalMime.parse(text);
        expect(read.attachments).toHaveLength(1);
        const [got] = read.attachments;
        expect(got?.filename).toBe(name.replace(/\p{Cc}+/gu, " ").toWellFormed());
        expect(bytesOf(got?.content ?? "").equals(Buffer.from(bytes))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test("cannot bring a header, a part or an end of their own", async () => {
    const evil = file({
      filename: 'a"\r\nX-Evil: 1\r\n\r\n--=_mix_.pdf',
      contentType: "text/html\r\nX-Evil: 2",
      contentId: "id>\r\nX-Evil: 3",
      content: "AAAA\r\n--=_rel_msg_01m825qb22f54rkkv7webmw8ka_shop_example--\r\nX-Evil: 4",
    });
    const text = raw([evil, file()]);
    expect(text).not.toMatch(/^X-Evil/m);
    const read = await PostalMime.parse(text);
    expect(read.attachments.map(({ mimeType }) => mimeType)).toEqual([
      "application/octet-stream",
      "application/pdf",
    ]);
  });

  test("the same mail is the same bytes, and without files it is as it was", () => {
    expect(raw([file()])).toBe(raw([file()]));
    expect(raw([])).not.toContain("multipart/mixed");
  });
});
