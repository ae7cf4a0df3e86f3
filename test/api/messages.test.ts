/** Transactional messages over the API: what is taken, what is refused, and that asking twice sends once. */
import { beforeAll, describe, expect, test } from "vitest";
import { literal, rawStatement } from "#db/bulk";
import type { TenantId } from "#domain/ids";
import { type ApiClient, until } from "#test/support/client";
import { newScope } from "#test/support/scope";
import { newTenant, type TestTenant } from "#test/support/stack";
import { keyHash } from "#worker/middleware/idempotency";
import { refused } from "./support/refused.ts";

type Accepted = { id: string; message_id: string; state: string; reason: string };
type View = Accepted & {
  to: string;
  contact_id: string | null;
  subject: string;
  from: string;
  reply_to: string | null;
  html: string;
  text: string;
  provider: string;
  metadata: Record<string, string>;
  tags: string[];
  attachments: { filename: string; size_bytes: number }[];
  events: { kind: string }[];
};
type Mail = { id: string; to: string; subject: string; html: string; headers: Record<string, string> };
type Made = { id: string };

let tenant: TestTenant;
let client: ApiClient;
beforeAll(async () => {
  tenant = await newTenant();
  client = tenant.client;
  await client.call("PATCH", "/v1/tenant", { from_email: "hello@shop.example", from_name: "The Shop" });
});

const someone = (word = "noreply") => `${word}-${crypto.randomUUID()}@people.example`;
const letter = (more: Record<string, unknown> = {}) => ({
  to: someone(),
  subject: "Your code",
  html: '<p>314159 <a href="https://shop.example/in">Sign in</a></p>',
  ...more,
});
const send = (body: unknown) => client.call<Accepted>("POST", "/v1/messages", body);
const view = (id: string) => client.call<View>("GET", `/v1/messages/${id}`);
const reach = (id: string, ...states: string[]) =>
  until(`the message to be ${states.join(" or ")}`, async () => {
    const now = await view(id);
    return states.includes(now.state) && now;
  });
const mailsTo = async (address: string): Promise<Mail[]> => {
  const { data } = await client.call<{ data: Made[] }>(
    "GET",
    `/v1/sandbox/mails?search=${encodeURIComponent(address)}`,
  );
  return Promise.all(data.map(({ id }) => client.call<Mail>("GET", `/v1/sandbox/mails/${id}`)));
};
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

describe("a mail to a stranger", () => {
  test("is answered at once, sent as it was given, and followed to its end", async () => {
    const body = letter({
      to_name: "Ada",
      reply_to: "help@shop.example",
      metadata: { order: "1042" },
      tags: ["receipt"],
    });
    const taken = await send(body);
    expect(taken).toMatchObject({ state: "queued", reason: "" });
    const done = await reach(taken.id, "delivered");
    expect(done).toMatchObject({
      to: body.to,
      contact_id: null,
      subject: "Your code",
      from: "The Shop <hello@shop.example>",
      reply_to: "help@shop.example",
      provider: "sandbox",
      metadata: { order: "1042" },
      tags: ["receipt"],
    });
    expect(done.events.map((e) => e.kind)).toContain("delivered");
    const [mail, ...more] = await mailsTo(body.to);
    expect(more).toEqual([]);
    expect(mail?.html).toBe(body.html);
    expect(mail?.headers).not.toHaveProperty("List-Unsubscribe");
    expect(mail?.headers["X-Larkpost-Message"]).toBe(taken.message_id);
    // Content given by hand is no template: braces stay braces.
    expect(done.text).toContain("314159");
  });

  test("links and opens are counted only where asked for", async () => {
    const plain = await reach((await send(letter())).id, "accepted", "delivered");
    expect(plain.html).not.toContain("/t/");
    const tracked = await send(letter({ track: { opens: true, clicks: true } }));
    const { html } = await view(tracked.id);
    expect(html).toMatch(/\/t\/c\/.+0"/);
    expect(html).toMatch(/\/t\/o\//);
    const link = /href="([^"]+)"/.exec(html)?.[1] ?? "";
    const answer = await fetch(new URL(new URL(link).pathname, client.origin), { redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "https://shop.example/in"]);
  });

  test("braces in content given by hand stay braces", async () => {
    const { id } = await send(letter({ html: "<p>{{ not_a_variable }} {% nor a tag</p>" }));
    expect((await view(id)).html).toBe("<p>{{ not_a_variable }} {% nor a tag</p>");
  });
});

describe("a template", () => {
  test("is filled with the caller's variables before the contact's own fields", async () => {
    const template = await client.call<Made>("POST", "/v1/templates", {
      name: "Receipt",
      subject: "Order {{ order }} for {{ first_name }}",
      html: "<ul>{% for line in lines %}<li>{{ line.name }}</li>{% endfor %}</ul><p>{{ note }}</p>",
      defaults: { note: "Thank you." },
    });
    const email = someone();
    const contact = await client.call<Made>("POST", "/v1/contacts", { email, first_name: "Ada" });
    const variables = { order: 1042, lines: [{ name: "Tea & milk" }, { name: "Cups" }] };
    const { id } = await send({ to: email.toUpperCase(), template_id: template.id, variables });
    expect(await view(id)).toMatchObject({
      to: email,
      contact_id: contact.id,
      subject: "Order 1042 for Ada",
      html: "<ul><li>Tea &amp; milk</li><li>Cups</li></ul><p>Thank you.</p>",
    });
    expect(await refused(send({ to: email, template_id: template.id, variables: { order: 1 } }))).toEqual([
      422,
      ["/variables/lines"],
    ]);
    const timeline = await client.call<{ data: { message_id: string | null }[] }>(
      "GET",
      `/v1/contacts/${contact.id}/timeline`,
    );
    expect(timeline.data.some((entry) => entry.message_id !== null)).toBe(true);
  });
});

describe("who must not be written to", () => {
  test("someone who complained is answered as skipped and gets nothing", async () => {
    const to = someone("complain");
    await reach((await send(letter({ to }))).id, "complained");
    const again = await send(letter({ to }));
    expect(again).toMatchObject({ state: "skipped", reason: "suppressed" });
    expect(await mailsTo(to)).toHaveLength(1);
  });
  test("whoever never agreed to the newsletter, or is on the list by hand, still gets their receipt", async () => {
    const to = someone();
    await client.call("POST", "/v1/contacts", { email: to, email_consent: "none" });
    await client.call("POST", "/v1/suppressions", { address: to });
    await reach((await send(letter({ to }))).id, "delivered");
  });
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
    const [status, pointers] = await refused(send(letter(more)));
    expect([status, pointers[0]]).toEqual([422, pointer]);
  });
  test("files of more than ten megabytes together", async () => {
    const content = "AAAA".repeat(1_850_000);
    const file = (filename: string) => ({ filename, content_type: "application/octet-stream", content });
    const [status, pointers] = await refused(send(letter({ attachments: [file("a.bin"), file("b.bin")] })));
    expect([status, pointers]).toEqual([422, ["/attachments"]]);
  });
  test("a body larger than any message", async () => {
    const response = await client.send(
      "POST",
      "/v1/messages",
      JSON.stringify(letter({ text: "x".repeat(17 * 1024 * 1024) })),
      {
        "content-type": "application/json",
      },
    );
    expect(response.status).toBe(413);
  });
  test("a workspace without sender", async () => {
    const fresh = await newTenant();
    expect(await refused(fresh.client.call("POST", "/v1/messages", letter()))).toEqual([422, ["/from"]]);
  });
});

describe("scheduled", () => {
  test("it waits, can be cancelled once, and never leaves", async () => {
    const { id, state } = await send(letter({ send_at: inDays(2) }));
    expect(state).toBe("scheduled");
    const cancelled = await client.call<View>("POST", `/v1/messages/${id}/cancel`);
    expect(cancelled).toMatchObject({ state: "skipped", reason: "cancelled" });
    expect(await refused(client.call("POST", `/v1/messages/${id}/cancel`))).toEqual([409, []]);
  });
  test("what has left cannot be cancelled", async () => {
    const { id } = await send(letter());
    await reach(id, "delivered");
    expect(await refused(client.call("POST", `/v1/messages/${id}/cancel`))).toEqual([409, []]);
  });
  test("it leaves at its time and not before", async () => {
    const at = Date.now() + 3_000;
    const { id } = await send(letter({ send_at: new Date(at).toISOString() }));
    const done = await client.call<View & { accepted_at: string }>(
      "GET",
      `/v1/messages/${(await reach(id, "accepted", "delivered")).id}`,
    );
    expect(Date.parse(done.accepted_at)).toBeGreaterThanOrEqual(at);
  });
});

describe("a batch", () => {
  test("takes what is right and says what is wrong with the others, each in its place", async () => {
    const items = [
      letter(),
      letter({ to: "nobody" }),
      letter(),
      { subject: 3 },
      letter({ attachments: [{ filename: "a.txt", content_type: "text/plain", content: "YQ==" }] }),
    ];
    type Result = { status: number; id?: string; problem?: { code: string; errors: { pointer: string }[] } };
    const answer = await client.call<{ data: Result[]; accepted: number; refused: number }>(
      "POST",
      "/v1/messages/batch",
      { messages: items },
    );
    expect(answer.data.map((one) => one.status)).toEqual([202, 422, 202, 422, 422]);
    expect([answer.accepted, answer.refused]).toEqual([2, 3]);
    expect(answer.data[1]?.problem).toMatchObject({ code: "invalid", errors: [{ pointer: "/to" }] });
    for (const one of answer.data) if (one.id) await reach(one.id, "delivered");
  });
  test("of none, or of more than a hundred, is refused as a whole", async () => {
    expect((await refused(client.call("POST", "/v1/messages/batch", { messages: [] })))[0]).toBe(422);
    const many = Array.from({ length: 101 }, () => letter());
    expect((await refused(client.call("POST", "/v1/messages/batch", { messages: many })))[0]).toBe(422);
  });
});

describe("the same request again", () => {
  const keyed = (key: string, body: unknown, path = "/v1/messages") =>
    client.send("POST", path, body, { "idempotency-key": key });
  /** What is left by a request that recorded its message and died before its answer was kept. */
  async function dieBeforeAnswer(key: string, path = "/v1/messages") {
    const hash = await keyHash(tenant.userId, path, key);
    const scope = newScope(tenant.tenantId as TenantId);
    const where = `tenant_id = ${literal({ id: scope.tenantId })} and key_hash = ${literal(hash)}`;
    const { rowsAffected } = await scope.execute(
      rawStatement(
        `update idempotency_keys set status = 0, answer = null, leased_until = created_at where ${where}`,
      ),
    );
    expect(rowsAffected).toBe(1);
  }

  test("under the same key names the same message, though the first request died before it answered", async () => {
    const [key, body] = [crypto.randomUUID(), letter()];
    const first = (await (await keyed(key, body)).json()) as Accepted;
    await dieBeforeAnswer(key);
    const again = await keyed(key, body);
    expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([202, null]);
    expect(((await again.json()) as Accepted).id).toBe(first.id);
    await reach(first.id, "delivered");
    expect(await mailsTo(body.to)).toHaveLength(1);
  });
  test("a batch likewise", async () => {
    const [key, body] = [crypto.randomUUID(), { messages: [letter(), letter()] }];
    const ids = async () =>
      ((await (await keyed(key, body, "/v1/messages/batch")).json()) as { data: Accepted[] }).data.map(
        (one) => one.id,
      );
    const first = await ids();
    expect(new Set(first).size).toBe(2);
    await dieBeforeAnswer(key, "/v1/messages/batch");
    expect(await ids()).toEqual(first);
  });
  test("at the same moment is one message", async () => {
    const [key, body] = [crypto.randomUUID(), letter()];
    const answers = await Promise.all(Array.from({ length: 6 }, () => keyed(key, body)));
    const taken = await Promise.all(
      answers.filter((a) => a.status === 202).map((a) => a.json() as Promise<Accepted>),
    );
    expect(new Set(taken.map((one) => one.id)).size).toBe(1);
    expect(answers.every((a) => [202, 409].includes(a.status))).toBe(true);
    await reach(taken[0]?.id ?? "", "delivered");
    expect(await mailsTo(body.to)).toHaveLength(1);
  });
  test("without a key is a second message", async () => {
    const body = letter();
    const [one, two] = [await send(body), await send(body)];
    expect(one.id).not.toBe(two.id);
  });
});

test("the log pages from the newest down, and is searched by address, state and time", async () => {
  const own = await newTenant();
  const from = { email: "a@shop.example" };
  const to = someone();
  const ids: string[] = [];
  for (let i = 0; i < 3; i++)
    ids.unshift(
      (
        await own.client.call<Accepted>(
          "POST",
          "/v1/messages",
          letter({ from, to: i === 1 ? someone() : to, send_at: inDays(1) }),
        )
      ).id,
    );
  const list = async (query: string) =>
    (await own.client.all<{ id: string }>(`/v1/messages?${query}`)).map((m) => m.id);
  expect(await list("")).toEqual(ids);
  const page = await own.client.call<{ data: Made[]; next_cursor: string }>("GET", "/v1/messages?limit=2");
  expect(page.data.map((m) => m.id)).toEqual(ids.slice(0, 2));
  const next = await own.client.call<{ data: Made[] }>(
    "GET",
    `/v1/messages?limit=2&cursor=${page.next_cursor}`,
  );
  expect(next.data.map((m) => m.id)).toEqual(ids.slice(2));
  expect(await list(`address=${encodeURIComponent(to.toUpperCase())}`)).toEqual([ids[0], ids[2]]);
  expect(await list("state=scheduled")).toEqual(ids);
  expect(await list("state=queued")).toEqual([]);
  expect(await list(`since=${new Date(Date.now() + 60_000).toISOString()}`)).toEqual([]);
});
