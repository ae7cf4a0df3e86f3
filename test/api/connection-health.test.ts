/** How a connection is doing, its terms as they are changed, and addresses that hold a secret. */
import { expect, test } from "vitest";
import { utcDay } from "#domain/sending/warm-up-days";
import { newTenant } from "#test/support/stack";
import { startResend } from "../fakes/resend.ts";
import { openShop } from "../sending/shop.ts";

type Connection = { id: string; weight: number; warm_up: unknown; webhook_url: string; is_default: boolean };
type Health = {
  state: string;
  until: string | null;
  warm_up: { sent_today: number; allowed_today: number; done_on: string } | null;
  slowed: unknown[];
  troubles: { at: string; kind: string; reason: string }[];
};

test("weight and warm-up are stored, shown, written into the audit log, and taken away again", async () => {
  const { client } = await newTenant();
  const { data } = await client.call<{ data: Connection[] }>("GET", "/v1/connections");
  const id = data[0]?.id ?? "";
  const warm_up = { starts_on: utcDay(Date.now()), first_day: 500, growth: 2, full_day: 4_000 };
  const changed = await client.call<Connection>("PATCH", `/v1/connections/${id}`, { weight: 7, warm_up });
  expect(changed).toMatchObject({ weight: 7, warm_up });
  const today = await client.call<Health>("GET", `/v1/connections/${id}/health`);
  const done_on = utcDay(Date.now() + 3 * 86_400_000);
  expect(today).toEqual({
    state: "healthy",
    until: null,
    warm_up: { sent_today: 0, allowed_today: 500, done_on },
    slowed: [],
    troubles: [],
  });
  const log = await client.call<{ data: { action: string; before: unknown; after: unknown }[] }>(
    "GET",
    "/v1/audit-log",
  );
  const entry = log.data.find((one) => one.action === "connection.update");
  expect(entry).toMatchObject({ before: { weight: 1, warm_up: null }, after: { weight: 7, warm_up } });
  await client.call("PATCH", `/v1/connections/${id}`, { warm_up: null });
  expect((await client.call<Health>("GET", `/v1/connections/${id}/health`)).warm_up).toBeNull();
});

test("a plan nobody could keep is refused field by field", async () => {
  const { client } = await newTenant();
  const { data } = await client.call<{ data: Connection[] }>("GET", "/v1/connections");
  const warm_up = { starts_on: "soon", first_day: 1, growth: 9, full_day: 4_000 };
  const refused = await client.send("PATCH", `/v1/connections/${data[0]?.id}`, { warm_up });
  expect(refused.status).toBe(422);
  const problem = (await refused.json()) as { errors: { pointer: string }[] };
  expect(problem.errors.map((e) => e.pointer).sort()).toEqual([
    "/warm_up/first_day",
    "/warm_up/growth",
    "/warm_up/starts_on",
  ]);
});

test("what a provider refused while sending is in the health and stays until the connection is verified", async () => {
  const far = await startResend();
  const shop = await openShop();
  const { id } = await shop.client.call<Connection>("POST", "/v1/connections", {
    kind: "resend",
    name: "Ours",
    settings: { base_url: far.baseUrl },
    api_key: "re_wrong",
  });
  await shop.addPeople(1);
  const campaign = await shop.campaign({ connection_id: id });
  await shop.act(campaign, "send");
  await shop.reach(campaign, "paused");
  const health = await shop.client.call<Health>("GET", `/v1/connections/${id}/health`);
  expect(health.state).toBe("refused");
  expect(health.troubles[0]).toMatchObject({ kind: "rejected" });
  // Tried again in vain: the moment is kept.
  await shop.client.call("POST", `/v1/connections/${id}/verify`);
  const tried = await shop.client.call<Health>("GET", `/v1/connections/${id}/health`);
  expect(tried.troubles.length).toBe(health.troubles.length + 1);
  await shop.client.call("PATCH", `/v1/connections/${id}`, { secrets: { api_key: "re_test_full" } });
  await shop.client.call("POST", `/v1/connections/${id}/verify`);
  const after = await shop.client.call<Health>("GET", `/v1/connections/${id}/health`);
  // Put right, and tried with a few messages before it is trusted with many.
  expect(["resting", "on_trial"]).toContain(after.state);
  await shop.act(campaign, "resume");
  await shop.reach(campaign, "completed");
  expect((await shop.client.call<Health>("GET", `/v1/connections/${id}/health`)).state).toBe("healthy");
  await far.stop();
});

test("an address that holds a secret is shown whole to those who may change it", async () => {
  const { client } = await newTenant();
  const made = await client.call<Connection>("POST", "/v1/connections", {
    kind: "sendmode",
    name: "Texts",
    settings: { sender_id: "Shop" },
    api_key: "k",
  });
  const token = new URL(made.webhook_url).searchParams.get("token") ?? "";
  expect(token.length).toBeGreaterThan(20);
  expect(token).not.toBe("WEBHOOK-SECRET");
});
