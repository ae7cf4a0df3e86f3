/** Transactional messages over the API: what is taken, what becomes of it, and how it is found again. */
import { beforeAll, describe, expect, test } from "vitest";
import { apiClient } from "#test/support/client";
import { newTenant, stack } from "#test/support/stack";
import {
  type Accepted,
  inDays,
  letter,
  type Made,
  messenger,
  someone,
  type View,
} from "./support/messages.ts";
import { refused } from "./support/refused.ts";

let shop: Awaited<ReturnType<typeof messenger>>;
beforeAll(async () => {
  shop = await messenger();
});

describe("a mail to a stranger", () => {
  test("is answered at once, sent as it was given, and followed to its end", async () => {
    const body = letter({
      to_name: "Ada",
      reply_to: "help@shop.example",
      metadata: { order: "1042" },
      tags: ["receipt"],
    });
    const taken = await shop.send(body);
    expect(taken).toMatchObject({ state: "queued", reason: "" });
    const done = await shop.reach(taken.id, "delivered");
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
    const [mail, ...more] = await shop.mailsTo(body.to);
    expect(more).toEqual([]);
    expect(mail?.html).toBe(body.html);
    expect(mail?.headers).not.toHaveProperty("List-Unsubscribe");
    expect(mail?.headers["X-Larkpost-Message"]).toBe(taken.message_id);
    // Content given by hand is no template: braces stay braces.
    expect(done.text).toContain("314159");
  });

  test("links and opens are counted only where asked for", async () => {
    const plain = await shop.reach((await shop.send(letter())).id, "accepted", "delivered");
    expect(plain.html).not.toContain("/t/");
    const tracked = await shop.send(letter({ track: { opens: true, clicks: true } }));
    const { html } = await shop.view(tracked.id);
    expect(html).toMatch(/\/t\/c\/.+0"/);
    expect(html).toMatch(/\/t\/o\//);
    const link = /href="([^"]+)"/.exec(html)?.[1] ?? "";
    const answer = await fetch(new URL(new URL(link).pathname, shop.client.origin), { redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "https://shop.example/in"]);
  });

  test("braces in content given by hand stay braces", async () => {
    const { id } = await shop.send(letter({ html: "<p>{{ not_a_variable }} {% nor a tag</p>" }));
    expect((await shop.view(id)).html).toBe("<p>{{ not_a_variable }} {% nor a tag</p>");
  });
});

describe("a template", () => {
  test("is filled with the caller's variables before the contact's own fields", async () => {
    const template = await shop.client.call<Made>("POST", "/v1/templates", {
      name: "Receipt",
      subject: "Order {{ order }} for {{ first_name }}",
      html: "<ul>{% for line in lines %}<li>{{ line.name }}</li>{% endfor %}</ul><p>{{ note }}</p>",
      defaults: { note: "Thank you." },
    });
    const email = someone();
    const contact = await shop.client.call<Made>("POST", "/v1/contacts", { email, first_name: "Ada" });
    const variables = { order: 1042, lines: [{ name: "Tea & milk" }, { name: "Cups" }] };
    const { id } = await shop.send({ to: email.toUpperCase(), template_id: template.id, variables });
    expect(await shop.view(id)).toMatchObject({
      to: email,
      contact_id: contact.id,
      subject: "Order 1042 for Ada",
      html: "<ul><li>Tea &amp; milk</li><li>Cups</li></ul><p>Thank you.</p>",
    });
    expect(
      await refused(shop.send({ to: email, template_id: template.id, variables: { order: 1 } })),
    ).toEqual([422, ["/variables/lines"]]);
    const timeline = await shop.client.call<{ data: { message_id: string | null }[] }>(
      "GET",
      `/v1/contacts/${contact.id}/timeline`,
    );
    expect(timeline.data.some((entry) => entry.message_id !== null)).toBe(true);
  });
});

describe("who must not be written to", () => {
  test("someone who complained is answered as skipped and gets nothing", async () => {
    const to = someone("complain");
    await shop.reach((await shop.send(letter({ to }))).id, "complained");
    const again = await shop.send(letter({ to }));
    expect(again).toMatchObject({ state: "skipped", reason: "suppressed" });
    expect(await shop.mailsTo(to)).toHaveLength(1);
  });
  test("whoever never agreed to the newsletter, or is on the list by hand, still gets their receipt", async () => {
    const to = someone();
    await shop.client.call("POST", "/v1/contacts", { email: to, email_consent: "none" });
    await shop.client.call("POST", "/v1/suppressions", { address: to });
    await shop.reach((await shop.send(letter({ to }))).id, "delivered");
  });
});

describe("scheduled", () => {
  test("it waits, can be cancelled once, and never leaves", async () => {
    const { id, state } = await shop.send(letter({ send_at: inDays(2) }));
    expect(state).toBe("scheduled");
    const cancelled = await shop.client.call<View>("POST", `/v1/messages/${id}/cancel`);
    expect(cancelled).toMatchObject({ state: "skipped", reason: "cancelled" });
    expect(await refused(shop.client.call("POST", `/v1/messages/${id}/cancel`))).toEqual([409, []]);
  });
  test("what has left cannot be cancelled", async () => {
    const { id } = await shop.send(letter());
    await shop.reach(id, "delivered");
    expect(await refused(shop.client.call("POST", `/v1/messages/${id}/cancel`))).toEqual([409, []]);
  });
  test("it leaves at its time and not before", async () => {
    const at = Date.now() + 3_000;
    const { id } = await shop.send(letter({ send_at: new Date(at).toISOString() }));
    const done = await shop.client.call<View & { accepted_at: string }>(
      "GET",
      `/v1/messages/${(await shop.reach(id, "accepted", "delivered")).id}`,
    );
    expect(Date.parse(done.accepted_at ?? "")).toBeGreaterThanOrEqual(at);
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
    const answer = await shop.client.call<{ data: Result[]; accepted: number; refused: number }>(
      "POST",
      "/v1/messages/batch",
      { messages: items },
    );
    expect(answer.data.map((one) => one.status)).toEqual([202, 422, 202, 422, 422]);
    expect([answer.accepted, answer.refused]).toEqual([2, 3]);
    expect(answer.data[1]?.problem).toMatchObject({ code: "invalid", errors: [{ pointer: "/to" }] });
    for (const one of answer.data) if (one.id) await shop.reach(one.id, "delivered");
  });
  test("of none, or of more than a hundred, is refused as a whole", async () => {
    expect((await refused(shop.client.call("POST", "/v1/messages/batch", { messages: [] })))[0]).toBe(422);
    const many = Array.from({ length: 101 }, () => letter());
    expect((await refused(shop.client.call("POST", "/v1/messages/batch", { messages: many })))[0]).toBe(422);
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

test("a text message goes out by the channel's own connection, counted in parts", async () => {
  await shop.client.call("POST", "/v1/connections", { kind: "sandbox", name: "Phones", channel: "sms" });
  const to = "+353861234567";
  const { id } = await shop.send({
    channel: "sms",
    to: "+353 86 123 4567",
    text: "Your code is 314159 – ok?",
  });
  const done = await shop.reach(id, "accepted", "delivered");
  expect(done).toMatchObject({ to, segments: 1, html: "", text: "Your code is 314159 – ok?" });
  expect(await refused(shop.send({ channel: "sms", to, text: "x".repeat(1_600) }))).toEqual([422, ["/text"]]);
  for (const sender of ["+0123", "far too long a name", "123456789", "1-2", "Gr\u0142"])
    expect([sender, await refused(shop.send({ channel: "sms", to, text: "hi", sender }))]).toEqual([
      sender,
      [422, ["/sender"]],
    ]);
  expect(await shop.send({ channel: "sms", to, text: "hi", sender: "Acme" })).toMatchObject({ reason: "" });
  expect(await refused(shop.send({ channel: "sms", to, html: "<p>no</p>" }))).toEqual([422, ["/html"]]);
});

test("a viewer learns what became of a message, and reads neither its words nor its links", async () => {
  const { client, tenant } = shop;
  const invitation = { email: `v-${crypto.randomUUID()}@shop.example`, role: "viewer" };
  const invited = await client.call<{ accept_url: string }>("POST", "/v1/members/invitations", invitation);
  const viewer = apiClient(stack().origin);
  const token = new URL(invited.accept_url).searchParams.get("token");
  await viewer.call("POST", "/v1/invitations/accept", { token, name: "Vic", password: "correct horse" });
  viewer.useTenant(tenant.tenantId);
  const { id } = await shop.send(letter({ subject: "Your code is 314159", text: "314159" }));
  await shop.reach(id, "accepted", "delivered");
  expect(await shop.view(id)).toMatchObject({ subject: "Your code is 314159", text: "314159" });
  const seen = await viewer.call<View>("GET", `/v1/messages/${id}`);
  expect(seen).toMatchObject({ id, subject: null, from: null, html: null, text: null, attachments: null });
  const listed = await viewer.call<{ data: object[] }>("GET", "/v1/messages?limit=1");
  expect(JSON.stringify([seen, listed])).not.toContain("314159");
});
