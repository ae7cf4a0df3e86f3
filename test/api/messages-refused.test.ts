/** Transactional messages that are not taken, each with the place that is wrong. */
import { request } from "node:http";
import { beforeAll, describe, expect, test } from "vitest";
import { newTenant } from "#test/support/stack";
import { inDays, letter, messenger } from "./support/messages.ts";
import { refused } from "./support/refused.ts";

let shop: Awaited<ReturnType<typeof messenger>>;
beforeAll(async () => {
  shop = await messenger();
});

describe("is refused, with the place it is about:", () => {
  const cases: [string, Record<string, unknown>, string][] = [
    ["no recipient", { to: undefined }, "/to"],
    ["an address that is none", { to: "nobody" }, "/to"],
    ["two recipients", { contact_id: "ctc_00000000000000000000000000" }, "/to"],
    [
      "a contact that is not there",
      { to: undefined, contact_id: "ctc_00000000000000000000000000" },
      "/contact_id",
    ],
    [
      "a template that is not there",
      { html: "", template_id: "tpl_00000000000000000000000000" },
      "/template_id",
    ],
    ["template and content at once", { template_id: "tpl_00000000000000000000000000" }, "/template_id"],
    ["no content", { html: "" }, "/template_id"],
    ["no subject", { subject: "" }, "/subject"],
    ["variables without template", { variables: { a: 1 } }, "/variables"],
    ["a sender that is none", { from: { email: "nobody" } }, "/from/email"],
    ["an answer address that is none", { reply_to: "nobody" }, "/reply_to"],
    ["a connection that is not there", { connection_id: "cxn_00000000000000000000000000" }, "/connection_id"],
    ["more than thirty days ahead", { send_at: inDays(31) }, "/send_at"],
    [
      "files of a kind mailboxes refuse",
      { attachments: [{ filename: "a.exe", content_type: "application/x-msdownload", content: "TVqQ" }] },
      "/attachments/0/filename",
    ],
    [
      "a file that is not what it says",
      { attachments: [{ filename: "a.pdf", content_type: "application/pdf", content: "TVqQ" }] },
      "/attachments/0/content",
    ],
    [
      "a file that is not base64",
      { attachments: [{ filename: "a.txt", content_type: "text/plain", content: "a b" }] },
      "/attachments/0/content",
    ],
    ["a marketing mail", { kind: "marketing" }, "/kind"],
    ["too many words about it", { metadata: { a: "x".repeat(501) } }, "/metadata/a"],
  ];
  test.each(cases)("%s", async (_, more, pointer) => {
    const [status, pointers] = await refused(shop.send(letter(more)));
    expect([status, pointers[0]]).toEqual([422, pointer]);
  });
  test("files of more than ten megabytes together", async () => {
    const content = "AAAA".repeat(1_850_000);
    const file = (filename: string) => ({ filename, content_type: "application/octet-stream", content });
    const [status, pointers] = await refused(
      shop.send(letter({ attachments: [file("a.bin"), file("b.bin")] })),
    );
    expect([status, pointers]).toEqual([422, ["/attachments"]]);
  });
  test("a body larger than any message, as soon as it is announced", async () => {
    const headers = { "content-type": "application/json", "content-length": 17 * 1024 * 1024 };
    const status = await new Promise((resolve, reject) => {
      const asked = request(`${shop.client.origin}/v1/messages`, { method: "POST", headers }, (answer) => {
        resolve(answer.statusCode);
        asked.destroy();
      });
      asked.on("error", reject);
      asked.flushHeaders();
    });
    expect(status).toBe(413);
  });
  test("a workspace without sender", async () => {
    const fresh = await newTenant();
    expect(await refused(fresh.client.call("POST", "/v1/messages", letter()))).toEqual([422, ["/from"]]);
  });
});
