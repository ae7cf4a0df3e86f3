/** The sandbox through the front door: what its people do arrives in the books, by the same way as with any provider. */
import { expect, test } from "vitest";
import { until } from "#test/support/client";
import { newTenant } from "#test/support/stack";
import { openShop } from "./shop.ts";

type Mail = {
  id: string;
  to: string;
  happened: string[];
  plot: string;
  message_id: string;
  html: string;
  headers: Record<string, string>;
};
type Summary = {
  mails: number;
  recipients: number;
  duplicates: number;
  waiting_events: number;
  first_at: string | null;
};

test("deliveries, bounces, complaints, opens, clicks and goodbyes all reach the books", async () => {
  const shop = await openShop();
  const { client } = shop;
  const names = ["ignore", "reads", "click", "bounce", "complain", "unsubscribe"];
  for (const name of names)
    await shop.addPeople(1, { email: `${name}-${crypto.randomUUID()}@people.example` });
  const campaign = await shop.campaign();
  await shop.act(campaign, "send");
  await shop.reach(campaign, "completed");
  await until("everything to have happened", async () => {
    const summary = await client.call<Summary>("GET", "/v1/sandbox/summary");
    return summary.waiting_events === 0 && summary.mails === 6;
  });
  await until("the books to show it", async () => {
    const { states } = await shop.books(campaign);
    return states.delivered === 4 && states.bounced === 1 && states.complained === 1;
  });
  expect(await client.call("GET", "/v1/sandbox/summary")).toMatchObject({
    mails: 6,
    recipients: 6,
    duplicates: 0,
  });
  const mails = await client.all<Mail>("/v1/sandbox/mails");
  const happened = (name: string) => mails.find((mail) => mail.to.startsWith(`${name}-`))?.happened;
  expect(happened("click")).toEqual(["delivered", "opened", "clicked"]);
  expect(happened("bounce")).toEqual(["bounced"]);
  expect(happened("complain")).toEqual(["delivered", "complained", "opened"]);
  expect(happened("unsubscribe")).toEqual(["delivered", "opened", "unsubscribed"]);
  const report = await until("the report to count the clicks", async () => {
    const now = await client.call<{ links: { clicks: number }[] }>("GET", `/v1/campaigns/${campaign}/report`);
    return now.links.some((link) => link.clicks > 0) && now;
  });
  expect(report).toBeDefined();
  const suppressed = await client.all<{ address: string; reason: string }>("/v1/suppressions");
  expect(suppressed.map(({ reason }) => reason).sort()).toEqual(["bounced", "complained"]);
});

test("the inbox shows each mail whole, found by address, page by page, to its own workspace alone", async () => {
  const shop = await openShop();
  const stranger = await newTenant();
  await shop.addPeople(30);
  const campaign = await shop.campaign();
  await shop.act(campaign, "send");
  await shop.reach(campaign, "completed");
  const all = await shop.mails();
  expect(all).toHaveLength(30);
  expect(new Set(all.map((mail) => mail.id)).size).toBe(30);
  const [first] = all;
  const found = await shop.client.call<{ data: Mail[] }>(
    "GET",
    `/v1/sandbox/mails?search=${first?.to.toUpperCase()}`,
  );
  expect(found.data.map((mail) => mail.id)).toEqual([first?.id]);
  const whole = await shop.client.call<Mail>("GET", `/v1/sandbox/mails/${first?.id}`);
  expect(whole.headers["X-Larkpost-Message"]).toBe(whole.message_id);
  expect(whole.html).toContain("Dear Pat");
  expect((await stranger.client.send("GET", `/v1/sandbox/mails/${first?.id}`)).status).toBe(404);
  expect(await stranger.client.call("GET", "/v1/sandbox/mails")).toMatchObject({ data: [] });
  expect((await shop.client.send("GET", "/v1/sandbox/mails?cursor=nonsense")).status).toBe(422);
  expect((await shop.client.send("DELETE", "/v1/sandbox/mails")).status).toBe(204);
  expect(await shop.client.call("GET", "/v1/sandbox/summary")).toEqual({
    mails: 0,
    recipients: 0,
    duplicates: 0,
    waiting_events: 0,
    first_at: null,
  });
});
