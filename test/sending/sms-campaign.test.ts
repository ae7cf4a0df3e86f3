/** A campaign of text messages through the whole stack: over the sandbox, and over Twilio with its reports and replies. */
import { describe, expect, onTestFinished, test } from "vitest";
import { countSegments } from "#domain/sms/segments";
import { type ApiClient, until } from "#test/support/client";
import { newTenant, stack } from "#test/support/stack";
import type { Books, CampaignView } from "./shop.ts";
import { sum } from "./shop.ts";
import { twilio } from "./vendors/text.ts";

type Made = { readonly id: string };
type Row = { contact_id: string; address: string; state: string; reason: string; segments: number };
type Checklist = {
  ready: boolean;
  items: { key: string; status: string; detail: string }[];
  audience: { to_send: number; skipped: Record<string, number> };
  sms: {
    segments_per_person: number;
    segments_at_most: number;
    cost_at_most: string | null;
    opt_out: string;
  };
};
type Report = {
  clicked: number;
  machine_clicked: number;
  unsubscribed: number;
  sms: { segments: number; costs: { amount: string | null }[]; replied: number; stopped: number };
};
type Person = { id: string; email_consent: string; sms_consent: string };

const words = "Hi {{ first_name }}, our sale: https://shop.example/sale.";
let made = 0;

async function textShop(connection: object) {
  const { client } = await newTenant();
  const { id: connectionId, webhook_url: hook } = await client.call<Made & { webhook_url: string }>(
    "POST",
    "/v1/connections",
    { name: "Texts", channel: "sms", rate_per_second: 1_000, ...connection },
  );
  const template = await client.call<Made>("POST", "/v1/templates", {
    channel: "sms",
    name: "Sale",
    text: words,
    defaults: { first_name: "you" },
  });
  const person = async (phone: string | undefined, channels: readonly ("email" | "sms")[]) => {
    // Whoever only texts may have no address at all.
    const email = channels.includes("email") ? `texted-${made++}.ignores@people.example` : undefined;
    const { id } = await client.call<Made>("POST", "/v1/contacts", { email, phone, first_name: "Pat" });
    for (const channel of channels) await allow(client, id, channel, "subscribed");
    return id;
  };
  const campaign = async (more: object = {}) => {
    const body = {
      channel: "sms",
      name: "Sale",
      template_id: template.id,
      audience: { everyone: true },
      ...more,
    };
    return (await client.call<Made>("POST", "/v1/campaigns", body)).id;
  };
  const send = async (id: string) => {
    await client.call("POST", `/v1/campaigns/${id}/send`);
    await until("the campaign to be completed", async () => {
      const now = await client.call<CampaignView>("GET", `/v1/campaigns/${id}`);
      return now.state === "completed";
    });
  };
  const books = (id: string) => client.call<Books>("GET", `/v1/campaigns/${id}/reconciliation`);
  const rows = (id: string) => client.all<Row>(`/v1/campaigns/${id}/messages`);
  const report = (id: string) => client.call<Report>("GET", `/v1/campaigns/${id}/report`);
  const checks = (id: string) => client.call<Checklist>("GET", `/v1/campaigns/${id}/checklist`);
  return { client, connectionId, hook, template, person, campaign, send, books, rows, report, checks };
}

const allow = (client: ApiClient, id: string, channel: string, status: string) =>
  client.call("PUT", `/v1/contacts/${id}/consent`, { channel, status, wording: "Asked in the shop" });
const consentOf = (client: ApiClient, id: string) => client.call<Person>("GET", `/v1/contacts/${id}`);
const phone = (last: string) => `+3538710${String(made++).padStart(2, "0").slice(-2)}${last}`;
const visit = (url: string, method = "GET") =>
  fetch(new URL(new URL(url).pathname, stack().origin), { method, redirect: "manual" });

describe("over the sandbox", () => {
  test("who agreed to texts gets one, with their own links; who only agreed to mail gets none", async () => {
    const shop = await textShop({ kind: "sandbox" });
    const { client } = shop;
    const reached = [
      await shop.person(phone("100"), ["sms"]),
      await shop.person(phone("101"), ["sms", "email"]),
    ];
    const byMail = await shop.person(phone("102"), ["email"]);
    await shop.person(undefined, ["email"]);
    const left = await shop.person(phone("103"), ["sms", "email"]);
    await allow(client, left, "sms", "unsubscribed");
    const leftMail = await shop.person(phone("104"), ["sms"]);
    await allow(client, leftMail, "email", "unsubscribed");

    const id = await shop.campaign();
    const checklist = await shop.checks(id);
    expect(checklist).toMatchObject({
      ready: true,
      audience: { to_send: 3, skipped: { no_address: 1, no_consent: 1, unsubscribed: 1 } },
      sms: { segments_per_person: 1, segments_at_most: 3, cost_at_most: null, opt_out: "keyword" },
    });
    await shop.send(id);
    const books = await shop.books(id);
    expect([books.audience, books.balances, sum(books.states)]).toEqual([6, true, 6]);
    expect(books.skipped).toEqual({ no_address: 1, no_consent: 1, unsubscribed: 1 });
    const texts = await client.all<{ id: string; to: string }>("/v1/sandbox/mails");
    expect(new Set(texts.map((text) => text.to)).size).toBe(3);
    const rows = await shop.rows(id);
    expect(rows.find((row) => row.contact_id === byMail)).toMatchObject({
      state: "skipped",
      reason: "no_consent",
    });
    for (const contact of [...reached, leftMail]) {
      const row = rows.find((one) => one.contact_id === contact);
      const text = texts.find((one) => one.to === row?.address);
      const whole = await client.call<{ text: string }>("GET", `/v1/sandbox/mails/${text?.id}`);
      expect(whole.text).toMatch(
        /^Hi Pat, our sale: https?:\/\/[^/]+\/t\/s\/[\w-]{28}0\.\nReply STOP to opt out$/,
      );
      expect(row?.segments).toBe(countSegments(whole.text).segments);
    }
    const link = (await client.call<{ text: string }>("GET", `/v1/sandbox/mails/${texts[0]?.id}`)).text;
    const url = /https?:\/\/\S+\/t\/s\/[\w-]+/.exec(link)?.[0] ?? "";
    const answer = await visit(url);
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "https://shop.example/sale"]);
    expect((await visit(`${url.slice(0, -1)}7`)).status).toBe(404);
    const forged = url.replace(/.(.)$/, (_, position) => `${url.at(-2) === "A" ? "B" : "A"}${position}`);
    expect((await visit(forged)).status).toBe(404);
    await until("the click to be counted", async () => {
      // Too soon after the text for a person, perhaps: counted it is in any case.
      const { clicked, machine_clicked } = await shop.report(id);
      return clicked + machine_clicked === 1;
    });
    expect((await shop.report(id)).sms.segments).toBe(3);
  });

  test("a name cannot be answered: every message carries a link, and leaving by it leaves mail alone", async () => {
    const shop = await textShop({ kind: "sandbox" });
    const { client } = shop;
    const ann = await shop.person(phone("100"), ["sms", "email"]);
    const id = await shop.campaign({ sender: "SHOP" });
    expect((await shop.checks(id)).sms.opt_out).toBe("link");
    await shop.send(id);
    const [text] = await client.all<Made>("/v1/sandbox/mails");
    const whole = await client.call<{ text: string; from: string }>("GET", `/v1/sandbox/mails/${text?.id}`);
    const way = /Opt out: (\S+\/t\/q\/[\w-]{28})$/.exec(whole.text)?.[1] ?? "";
    const asked = await visit(way);
    expect(asked.status).toBe(200);
    expect((await consentOf(client, ann)).sms_consent).toBe("subscribed");
    expect((await visit(way, "POST")).status).toBe(200);
    expect(await consentOf(client, ann)).toMatchObject({
      sms_consent: "unsubscribed",
      email_consent: "subscribed",
    });
    await until("the books to know", async () => (await shop.report(id)).unsubscribed === 1);
    // The address of a click opens no way out.
    const click = /\/t\/s\/([\w-]{28})/.exec(whole.text)?.[1];
    expect((await visit(`https://x.example/t/q/${click}`, "POST")).status).toBe(404);
    const again = await shop.campaign();
    expect(await shop.checks(again)).toMatchObject({ ready: false, audience: { to_send: 0 } });
  });

  test("what cannot be sent is said before, and the channel of a campaign stays", async () => {
    const shop = await textShop({ kind: "sandbox" });
    const { client } = shop;
    await shop.person(phone("100"), ["sms"]);
    const id = await shop.campaign({ sender: "much too long a name" });
    const failing = async () =>
      (await shop.checks(id)).items.filter((item) => item.status === "error").map((item) => item.key);
    expect(await failing()).toEqual(["sender"]);
    expect((await client.send("POST", `/v1/campaigns/${id}/send`)).status).toBe(422);
    expect((await client.send("PATCH", `/v1/campaigns/${id}`, { channel: "email" })).status).toBe(422);
    const mail = await client.call<Made>("POST", "/v1/templates", {
      name: "M",
      subject: "S",
      html: "<p>x</p>",
    });
    await client.call("PATCH", `/v1/campaigns/${id}`, { sender: "", template_id: mail.id });
    expect(await failing()).toEqual(["template"]);
    const byMail = await client.call<Made>("POST", "/v1/connections", { kind: "sandbox", name: "Mail" });
    await client.call("PATCH", `/v1/campaigns/${id}`, {
      template_id: shop.template.id,
      connection_id: byMail.id,
    });
    expect(await failing()).toEqual(["connection", "sender"]);
  });
});

test("over Twilio: once each, followed to the end, priced; STOP counts for this campaign and stops the next", async () => {
  const vendor = await twilio();
  onTestFinished(vendor.stop);
  const settings = { ...(vendor.connection.settings as object), price_per_segment: 0.05, currency: "EUR" };
  const shop = await textShop({ ...vendor.connection, kind: "twilio", settings });
  const { client } = shop;
  const numbers = Array.from({ length: 6 }, () => phone("200"));
  const people: string[] = [];
  for (const number of numbers) people.push(await shop.person(number, ["sms", "email"]));
  const [stops, gone, refused] = numbers as [string, string, string];
  vendor.refuse(refused);

  const id = await shop.campaign();
  expect((await shop.checks(id)).sms).toMatchObject({ segments_at_most: 6, cost_at_most: "0.30" });
  await shop.send(id);
  const taken = vendor.taken();
  expect(taken.map(({ to }) => to).sort()).toEqual(numbers.filter((number) => number !== refused).sort());
  expect((await shop.books(id)).states).toMatchObject({ accepted: 5, failed: 1 });

  for (const { to } of taken)
    if (to === gone) vendor.tells.soft(to);
    else vendor.tells.delivered(to);
  vendor.writes(shop.hook, stops, "Stop");
  await vendor.deliver();
  await until("reports and the reply to be in the books", async () => {
    const { states } = await shop.books(id);
    return states.delivered === 4 && states.bounced === 1 && (await shop.report(id)).sms.stopped === 1;
  });
  expect((await shop.books(id)).balances).toBe(true);
  expect((await shop.report(id)).sms).toMatchObject({
    segments: 5,
    costs: [{ amount: "0.25", currency: "EUR" }],
    replied: 1,
    stopped: 1,
  });
  expect(await consentOf(client, people[0] ?? "")).toMatchObject({
    sms_consent: "unsubscribed",
    email_consent: "subscribed",
  });

  const before = vendor.taken().length;
  const next = await shop.campaign();
  await shop.send(next);
  expect((await shop.books(next)).skipped).toEqual({ suppressed: 1 });
  expect(
    vendor
      .taken()
      .slice(before)
      .map(({ to }) => to),
  ).not.toContain(stops);
  expect((await shop.report(next)).sms).toMatchObject({ replied: 0, stopped: 0 });
});
