/** Imports over the API and the real queue: upload, preview, start, progress, refused rows, and files of every kind. */
import { beforeAll, describe, expect, test } from "vitest";
import { type ApiClient, until } from "#test/support/client";
import { encoded } from "#test/support/memory-bucket";
import { newTenant } from "#test/support/stack";

type Preview = {
  encoding: string;
  delimiter: string;
  has_header: boolean;
  columns: string[];
  mapping: string[];
  rows: string[][];
};
type Import = {
  id: string;
  file_name: string;
  state: string;
  preview: Preview;
  size_bytes: number;
  bytes_done: number;
  rows_read: number;
  rows_created: number;
  rows_updated: number;
  rows_unchanged: number;
  rows_rejected: number;
};
type Refusal = { line: number; reason: string; detail: string; row: string[] };

let client: ApiClient;
beforeAll(async () => {
  ({ client } = await newTenant("Imports"));
});

const send = (file: Uint8Array | string, name = "people.csv") =>
  client.send("POST", `/v1/imports?file_name=${encodeURIComponent(name)}`, file, {
    "content-type": "text/csv",
  });
async function upload(file: Uint8Array | string, name?: string): Promise<Import> {
  const response = await send(file, name);
  expect(response.status).toBe(201);
  return (await response.json()) as Import;
}
const start = (job: Import, options: object = {}) =>
  client.send("POST", `/v1/imports/${job.id}/start`, {
    mapping: job.preview.mapping,
    has_header: job.preview.has_header,
    ...options,
  });
const read = (job: Import) => client.call<Import>("GET", `/v1/imports/${job.id}`);
const ended = (job: Import) =>
  until("the import to end", async () => {
    const now = await read(job);
    return !["uploaded", "running"].includes(now.state) && now;
  });

test("from file to people: preview, mapping, progress, refused rows", async () => {
  const file =
    "Email;Vorname;Tags\r\nanna@example.com;Änne;a|b\r\nnot-an-address;X;\r\nANNA@example.com;again;\r\n";
  const job = await upload(file, "Kunden März.csv");
  expect(job).toMatchObject({
    state: "uploaded",
    file_name: "Kunden März.csv",
    rows_read: 0,
    preview: {
      encoding: "utf-8",
      delimiter: ";",
      has_header: true,
      columns: ["Email", "Vorname", "Tags"],
      mapping: ["email", "first_name", "tags"],
    },
  });
  const list = await client.call<{ id: string }>("POST", "/v1/lists", { name: "Imported" });
  const started = await start(job, { list_id: list.id, email_consent: "subscribed", consent_wording: "Yes" });
  expect([started.status, started.headers.get("location")]).toEqual([202, `/v1/imports/${job.id}`]);
  const end = await ended(job);
  expect(end).toMatchObject({
    state: "completed",
    rows_read: 3,
    rows_created: 1,
    rows_rejected: 2,
    bytes_done: job.size_bytes,
  });
  const { data } = await client.call<{
    data: { first_name: string; tags: string[]; email_consent: string }[];
  }>("GET", `/v1/contacts?list=${list.id}`);
  expect(data).toMatchObject([{ first_name: "Änne", tags: ["a", "b"], email_consent: "subscribed" }]);
  const refusals = await client.all<Refusal>(`/v1/imports/${job.id}/errors`);
  expect(refusals.map((r) => [r.line, r.reason])).toEqual([
    [3, "invalid_email"],
    [4, "repeated_in_file"],
  ]);
  expect((await start(job)).status).toBe(409);
  expect((await client.send("POST", `/v1/imports/${job.id}/cancel`)).status).toBe(409);
});

test("the file of refused rows runs nothing in a spreadsheet, and can be imported again", async () => {
  const job = await upload(
    'email,name,phone\n,=HYPERLINK("http://x"),+353861234567\n,@x,\n,"two\nlines, ""q""",-1\n',
  );
  await start(job, { mapping: ["email", "first_name", "skip"] });
  await ended(job);
  const response = await client.send("GET", `/v1/imports/${job.id}/errors.csv`);
  expect(response.headers.get("content-type")).toMatch(/^text\/csv/);
  const bytes = new Uint8Array(await response.arrayBuffer());
  // Without the mark, Excel would read it in the code page of the machine.
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  const text = new TextDecoder().decode(bytes);
  expect(text.split("\r\n").slice(0, 4)).toEqual([
    "line,reason,detail,email,name,phone",
    `2,no_email,There is no e-mail address.,,"'=HYPERLINK(""http://x"")","'+353861234567"`,
    `3,no_email,There is no e-mail address.,,"'@x",`,
    `4,no_email,There is no e-mail address.,,"two\nlines, ""q""","'-1"`,
  ]);
  const again = await upload(text);
  expect(again.preview.columns).toEqual(["line", "reason", "detail", "email", "name", "phone"]);
});

const rows = "email;name\r\nzoe@example.com;Zoé\r\nbo@example.com;Bo\r\n";
test.each([
  ["UTF-8 with a mark", encoded(`\ufeff${rows}`), "utf-8"],
  ["UTF-16LE with a mark", encoded(`\ufeff${rows}`, "utf-16le"), "utf-16le"],
  ["UTF-16BE with a mark", encoded(`\ufeff${rows}`, "utf-16be"), "utf-16be"],
  ["UTF-16LE without", encoded(rows, "utf-16le"), "utf-16le"],
  ["Windows-1252", encoded(rows, "windows-1252"), "windows-1252"],
] as const)("a file in %s", async (_name, bytes, encoding) => {
  const { client: own } = await newTenant("Encodings");
  const response = await own.send("POST", "/v1/imports", bytes, { "content-type": "text/csv" });
  const job = (await response.json()) as Import;
  expect(job.preview).toMatchObject({ encoding, delimiter: ";", mapping: ["email", "full_name"] });
  await own.call("POST", `/v1/imports/${job.id}/start`, { mapping: ["email", "first_name"] });
  await until(
    "the import",
    async () => (await own.call<Import>("GET", `/v1/imports/${job.id}`)).state === "completed",
  );
  const { data } = await own.call<{ data: { first_name: string }[] }>("GET", "/v1/contacts?search=zoe");
  expect(data[0]?.first_name).toBe("Zoé");
});

describe("what cannot be read is refused at the door", () => {
  test.each([
    ["nothing", new Uint8Array(0), 422],
    ["blank lines", encoded("\n\n \n"), 422],
    ["a workbook", Uint8Array.from([0x50, 0x4b, 3, 4, 20, 0, 6, 0, 8, 0]), 415],
    ["a PDF", encoded("%PDF-1.7 ..."), 415],
    ["a compressed file", Uint8Array.from([0x1f, 0x8b, 8, 0, 0]), 415],
  ])("%s", async (_what, bytes, status) => {
    expect((await send(bytes)).status).toBe(status);
  });

  test("more than a hundred megabytes, whose length nobody announced", async () => {
    const tooLong = 100 * 1024 * 1024 + 1;
    let sent = 0;
    const stream = new ReadableStream({
      pull(controller) {
        if (sent >= tooLong) return controller.close();
        const chunk = new Uint8Array(1024 * 1024).fill(65);
        sent += chunk.length;
        controller.enqueue(chunk);
      },
    });
    const headers = Object.fromEntries(client.headers);
    const response = await fetch(`${client.origin}/v1/imports`, {
      method: "POST",
      body: stream,
      duplex: "half",
      headers: { ...headers, "content-type": "text/csv", cookie: client.cookie(), origin: client.origin },
    } as RequestInit);
    expect(response.status).toBe(413);
  });
});

test.each<[object, string]>([
  [{ mapping: ["email"] }, "/mapping"],
  [{ mapping: ["skip", "skip"] }, "/mapping"],
  [{ mapping: ["email", "email"] }, "/mapping/1"],
  [{ mapping: ["email", "fields.none"] }, "/mapping/1"],
  [{ email_consent: "subscribed" }, "/consent_wording"],
  [{ list_id: "lst_01m825qb22f54rkkv7webmw8ka" }, "/list_id"],
])("options %j are refused at %s", async (options, pointer) => {
  const job = await upload("email,name\na@example.com,A\n");
  const response = await start(job, options);
  const problem = (await response.json()) as { errors: { pointer: string }[] };
  expect([response.status, problem.errors.map((e) => e.pointer)]).toEqual([422, [pointer]]);
  expect((await read(job)).state).toBe("uploaded");
});

test("a large file arrives whole through parts, and its rows are counted", async () => {
  const { client: own } = await newTenant("Large");
  const line = (i: number) => `large${i}@example.com,Name ${i},${"x".repeat(1_500)}\n`;
  const file = `email,name,note\n${Array.from({ length: 12_000 }, (_, i) => line(i)).join("")}`;
  const response = await own.send("POST", "/v1/imports", encoded(file), { "content-type": "text/csv" });
  const job = (await response.json()) as Import;
  expect(job.size_bytes).toBe(file.length);
  expect(job.size_bytes).toBeGreaterThan(2 * 8 * 1024 * 1024);
  await own.call("POST", `/v1/imports/${job.id}/start`, { mapping: ["email", "first_name", "skip"] });
  const end = await until("the import", async () => {
    const now = await own.call<Import>("GET", `/v1/imports/${job.id}`);
    return now.state === "completed" && now;
  });
  expect(end).toMatchObject({ rows_read: 12_000, rows_created: 12_000, rows_rejected: 0 });
  const { count } = await own.call<{ count: number }>("GET", "/v1/contacts?count=exact&limit=1");
  expect(count).toBe(12_000);
});

test("an import is cancelled before it starts, and the list shows the newest first", async () => {
  const job = await upload("email\na@example.com\n");
  expect(await client.call("POST", `/v1/imports/${job.id}/cancel`)).toMatchObject({ state: "cancelled" });
  expect((await start(job)).status).toBe(409);
  const page = await client.call<{ data: Import[]; next_cursor: string }>("GET", "/v1/imports?limit=1");
  expect(page.data[0]?.id).toBe(job.id);
  const next = await client.call<{ data: Import[] }>("GET", `/v1/imports?limit=1&cursor=${page.next_cursor}`);
  expect((next.data[0]?.id ?? "") < job.id).toBe(true);
});
