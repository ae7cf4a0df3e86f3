/** Caps, quiet hours, sends at everybody's own time, and those a run left out, on the whole stack. */
import { expect, test } from "vitest";
import { until } from "#test/support/client";
import { triggerCron } from "#test/support/stack";
import { openShop, type Shop, sum } from "./shop.ts";

const hourMs = 3_600_000;
const clock = (atMs: number) => new Date(atMs).toISOString().slice(11, 16);
const setRules = (shop: Shop, rules: object) => shop.client.call("PATCH", "/v1/settings/policy", rules);
const onceADay = { email: { cap: { messages: 1, days: 1 }, quiet_hours: null }, hold_at_most_hours: 1 };
const nightNow = () => ({
  cap: null,
  quiet_hours: { from: clock(Date.now() - hourMs), to: clock(Date.now() + 2 * hourMs) },
});
const accepted = ({ accepted = 0, delivered = 0 }: Record<string, number>) => accepted + delivered;

test("sending rules are kept, audited, and refuse nonsense", async () => {
  const shop = await openShop();
  const email = { cap: { messages: 3, days: 7 }, quiet_hours: { from: "20:00", to: "09:00" } };
  expect(await setRules(shop, { email })).toMatchObject({
    email,
    sms: { cap: null },
    hold_at_most_hours: 72,
  });
  expect(await setRules(shop, { hold_at_most_hours: 10 })).toMatchObject({ email, hold_at_most_hours: 10 });
  const wrong = { email: { cap: null, quiet_hours: { from: "09:00", to: "09:00" } } };
  expect((await shop.client.send("PATCH", "/v1/settings/policy", wrong)).status).toBe(422);
  const { data } = await shop.client.call<{ data: { action: string; after: unknown }[] }>(
    "GET",
    "/v1/audit-log",
  );
  expect(data[0]).toMatchObject({ action: "policy.update", after: { hold_at_most_hours: 10 } });
});

test("two campaigns launched at once: everybody gets one of them, and the books say why not the other", async () => {
  const shop = await openShop();
  await setRules(shop, onceADay);
  await shop.addPeople(12);
  const ids = [await shop.campaign({ name: "One" }), await shop.campaign({ name: "Two" })];
  await Promise.all(ids.map((id) => shop.act(id, "send")));
  for (const id of ids) await shop.reach(id, "completed");
  const books = await Promise.all(ids.map((id) => shop.books(id)));
  expect(books.every((b) => b.balances && sum(b.states) === 12)).toBe(true);
  expect(books.reduce((all, b) => all + accepted(b.states), 0)).toBe(12);
  expect(books.reduce((all, b) => all + (b.skipped.capped ?? 0), 0)).toBe(12);
  const mails = await shop.mails();
  expect(new Set(mails.map((mail) => mail.to)).size).toBe(mails.length);
  // What people must get passes the cap.
  const recall = await shop.campaign({ name: "Recall", ignores_policy: true });
  await shop.act(recall, "send");
  await shop.reach(recall, "completed");
  expect(accepted((await shop.books(recall)).states)).toBe(12);
});

test("in the quiet hours people wait, the books say until when, and past the limit they are left out", async () => {
  const shop = await openShop();
  await setRules(shop, { email: nightNow() });
  const [first] = await shop.addPeople(2);
  const id = await shop.campaign();
  await shop.act(id, "send");
  const held = await until("both to be held", async () => {
    const books = await shop.books(id);
    return books.waiting[0]?.people === 2 && books;
  });
  expect(held.states.queued).toBe(2);
  expect(held.waiting[0]).toMatchObject({
    why: "held",
    reason: expect.stringMatching(/^held: quiet hours until \d\d:\d\d UTC$/),
  });
  expect(Date.parse(held.waiting[0]?.last_at ?? "")).toBeGreaterThan(Date.now() + hourMs);
  const rows = await shop.client.all<{ contact_id: string; not_before: string; tries: number }>(
    `/v1/campaigns/${id}/messages?waiting=true`,
  );
  expect(rows).toHaveLength(2);
  expect(rows.find((row) => row.contact_id === first)).toMatchObject({
    tries: 0,
    not_before: held.waiting[0]?.last_at,
  });
  const file = await shop.client.send("GET", `/v1/campaigns/${id}/messages.csv?waiting=true`);
  expect((await file.text()).trim().split("\r\n")).toHaveLength(3);
  await shop.act(id, "cancel");
  await setRules(shop, { hold_at_most_hours: 1 });
  const late = await shop.campaign();
  await shop.act(late, "send");
  await shop.reach(late, "completed");
  expect((await shop.books(late)).skipped).toEqual({ quiet_hours_expired: 2 });
  expect(await shop.mails()).toEqual([]);
});

test("at one time everywhere: whose moment has passed gets it at once, the others each at theirs", async () => {
  const shop = await openShop();
  await shop.addPeople(1, { time_zone: "Pacific/Kiritimati" });
  await shop.addPeople(2, { time_zone: "Pacific/Pago_Pago" });
  await shop.addPeople(1);
  const id = await shop.campaign();
  const at = new Date(Math.ceil(Date.now() / 60_000) * 60_000 + hourMs).toISOString();
  const preview = await shop.client.call<{
    zones: { time_zone: string; people: number; assumed: number; at_once: boolean }[];
  }>("GET", `/v1/campaigns/${id}/local-times?at=${at}`);
  expect(preview.zones.map((z) => [z.time_zone, z.people, z.assumed, z.at_once])).toEqual([
    ["Pacific/Kiritimati", 1, 0, true],
    ["UTC", 1, 1, false],
    ["Pacific/Pago_Pago", 2, 0, false],
  ]);
  expect(await shop.act(id, "schedule", { at, local: true })).toMatchObject({
    state: "scheduled",
    scheduled_local: true,
  });
  await triggerCron();
  const books = await until("the first zone's mail", async () => {
    const now = await shop.books(id);
    return accepted(now.states) === 1 && now;
  });
  expect(books.waiting).toEqual([
    {
      why: "own_time",
      reason: "",
      people: 3,
      first_at: at,
      last_at: new Date(Date.parse(at) + 11 * hourMs).toISOString(),
    },
  ]);
  expect((await shop.view(id)).state).toBe("sending");
});

test("those left out who may be written to by now get it, nobody else does, and nobody twice", async () => {
  const shop = await openShop();
  const [stays] = await shop.addPeople(1);
  const [left, gone] = await shop.addPeople(2);
  const leave = { channel: "email", status: "unsubscribed" };
  for (const id of [left, gone]) await shop.client.call("PUT", `/v1/contacts/${id}/consent`, leave);
  const phone = await shop.client.call<{ id: string }>("POST", "/v1/contacts", {
    phone: "+353861234567",
    email_consent: "subscribed",
    consent_wording: "Yes.",
  });
  const id = await shop.campaign();
  await shop.act(id, "send");
  await shop.reach(id, "completed");
  expect((await shop.books(id)).skipped).toEqual({ unsubscribed: 2, no_address: 1 });
  const missed = () => shop.client.call("GET", `/v1/campaigns/${id}/missed`);
  expect(await missed()).toMatchObject({ missed: 3, now: 0 });
  expect(await shop.client.call("POST", `/v1/campaigns/${id}/send-missed`)).toEqual({ requeued: 0 });
  expect((await shop.view(id)).state).toBe("completed");

  const consent = { channel: "email", status: "subscribed", wording: "Back again.", confirmed: true };
  await shop.client.call("PUT", `/v1/contacts/${left}/consent`, consent);
  await shop.client.call("PATCH", `/v1/contacts/${phone.id}`, { email: `late-${phone.id}@people.example` });
  await shop.client.call("PUT", `/v1/contacts/${phone.id}/consent`, { ...consent, confirmed: false });
  await shop.addPeople(1);
  expect(await missed()).toEqual({
    missed: 3,
    now: 2,
    reasons: [
      { reason: "unsubscribed", missed: 2, now: 1 },
      { reason: "no_address", missed: 1, now: 1 },
    ],
  });
  expect(await shop.client.call("POST", `/v1/campaigns/${id}/send-missed`)).toEqual({ requeued: 2 });
  await shop.reach(id, "completed");
  const books = await shop.books(id);
  expect([books.audience, accepted(books.states), books.skipped]).toEqual([4, 3, { unsubscribed: 1 }]);
  const rows = await shop.client.all<{ contact_id: string; state: string; address: string }>(
    `/v1/campaigns/${id}/messages`,
  );
  expect(rows.find((row) => row.contact_id === phone.id)?.address).toBe(`late-${phone.id}@people.example`);
  expect(rows.find((row) => row.contact_id === gone)?.state).toBe("skipped");
  expect(rows.find((row) => row.contact_id === stays)?.state).not.toBe("skipped");
  expect(await shop.mails()).toHaveLength(3);
});
