/** Several connections for one run, on the running stack: shares, fail-over, warm-up days, quotas that return. */
import { and, eq } from "drizzle-orm";
import { expect, inject, onTestFinished, test } from "vitest";
import { openDb } from "#db/client";
import { campaigns, messages } from "#db/schema/index";
import { TenantDb } from "#db/scope";
import type { CampaignId, ConnectionId, TenantId } from "#domain/ids";
import { utcDay } from "#domain/sending/warm-up-days";
import { until } from "#test/support/client";
import { triggerCron } from "#test/support/stack";
import { type ResendFake, startResend } from "../fakes/resend.ts";
import { openShop, type Shop } from "./shop.ts";

type Frame = { waits_for: string | null; waits_until: string | null; accepted: number };
const live = (shop: Shop, id: string) => shop.client.call<Frame>("GET", `/v1/campaigns/${id}/live`);
const patch = (shop: Shop, id: string, body: unknown) =>
  shop.client.call("PATCH", `/v1/connections/${id}`, body);

async function farEnd(): Promise<ResendFake> {
  const far = await startResend();
  onTestFinished(() => far.stop());
  return far;
}

async function connect(shop: Shop, far: ResendFake, more: Record<string, unknown> = {}): Promise<string> {
  const { id } = await shop.client.call<{ id: string }>("POST", "/v1/connections", {
    kind: "resend",
    name: "Far end",
    rate_per_second: 20,
    settings: { base_url: far.baseUrl },
    api_key: "re_test_full",
    ...more,
  });
  expect(await shop.client.call("POST", `/v1/connections/${id}/verify`)).toEqual({ ok: true, reason: "" });
  return id;
}

/** A workspace whose campaigns go out by these far ends, the first of them the default. */
async function shopWith(...ends: { far: ResendFake; more?: Record<string, unknown> }[]) {
  const shop = await openShop();
  const ids: string[] = [];
  for (const { far, more } of ends) ids.push(await connect(shop, far, more));
  await patch(shop, ids[0] ?? "", { is_default: true });
  return { shop, ids };
}

const taken = (...fars: ResendFake[]) => fars.flatMap((far) => far.taken.flatMap((mail) => mail.to));

async function sentBy(shop: Shop, connectionId: string): Promise<number> {
  const scope = new TenantDb(openDb(inject("databaseUrl")).orm, shop.tenantId as TenantId);
  const mine = and(eq(messages.connectionId, connectionId as ConnectionId), eq(messages.state, "accepted"));
  return (await scope.select(messages, mine)).length;
}

test("shares follow the weights; a stand-by sends nothing while the others can", async () => {
  const [a, b, c] = [await farEnd(), await farEnd(), await farEnd()];
  const { shop, ids } = await shopWith(
    { far: a, more: { weight: 3, rate_per_second: 1_000 } },
    { far: b, more: { weight: 1, rate_per_second: 1_000 } },
    { far: c, more: { weight: 0, rate_per_second: 1_000 } },
  );
  await shop.addPeople(40);
  const id = await shop.campaign({ connection_id: null });
  await shop.act(id, "send");
  await shop.reach(id, "completed");
  expect([a, b, c].map((far) => far.taken.length)).toEqual([30, 10, 0]);
  expect(new Set(taken(a, b, c)).size).toBe(40);
  expect(await Promise.all(ids.map((one) => sentBy(shop, one)))).toEqual([30, 10, 0]);
});

test("a connection that is refused in the middle of a run is taken out of it: everyone is sent to once, by the other", async () => {
  const [a, b] = [await farEnd(), await farEnd()];
  const { shop, ids } = await shopWith({ far: a, more: { rate_per_second: 10 } }, { far: b });
  await shop.addPeople(90);
  const id = await shop.campaign({ connection_id: null });
  await shop.act(id, "send");
  await until("the first to have sent some", async () => a.taken.length >= 10);
  a.keys.clear();
  const before = a.taken.length;
  await shop.reach(id, "completed");
  expect(a.taken.length).toBeLessThanOrEqual(before + 25);
  expect(b.taken.length).toBe(90 - a.taken.length);
  expect(new Set(taken(a, b)).size).toBe(90);
  expect(await shop.books(id)).toMatchObject({ audience: 90, balances: true, states: { accepted: 90 } });
  const { data } = await shop.client.call<{ data: { id: string; last_error: string }[] }>(
    "GET",
    "/v1/connections",
  );
  expect(data.find((one) => one.id === ids[0])?.last_error).toMatch(/api key/i);
  expect(data.find((one) => one.id === ids[1])?.last_error).toBe("");
});

test("with no connection left the run pauses and says why; put right, it goes on to the end", async () => {
  const far = await farEnd();
  const { shop, ids } = await shopWith({ far });
  await shop.addPeople(3);
  far.keys.clear();
  const id = await shop.campaign({ connection_id: null });
  await shop.act(id, "send");
  expect(await shop.reach(id, "paused")).toMatchObject({ pause_reason: "provider_refused" });
  await patch(shop, ids[0] ?? "", { secrets: { api_key: "re_new" } });
  far.keys.set("re_new", "full");
  await shop.act(id, "resume");
  await shop.reach(id, "completed");
  expect(far.taken).toHaveLength(3);
});

test("what a warm-up's day does not allow goes to the others; with one connection the run says what it waits for", async () => {
  const [young, old] = [await farEnd(), await farEnd()];
  const warm_up = { starts_on: utcDay(Date.now()), first_day: 10, growth: 1.5, full_day: 1_000 };
  const { shop, ids } = await shopWith({ far: young, more: { warm_up, rate_per_second: 500 } }, { far: old });
  await shop.addPeople(40);
  const both = await shop.campaign({ connection_id: null });
  await shop.act(both, "send");
  await shop.reach(both, "completed");
  expect([young.taken.length, old.taken.length]).toEqual([10, 30]);

  const alone = await shop.campaign({ connection_id: ids[0], name: "Alone" });
  await shop.act(alone, "send");
  const frame = await until("the run to say what it waits for", async () => {
    const now = await live(shop, alone);
    return now.waits_for !== null && now;
  });
  expect(frame).toMatchObject({ waits_for: "warm_up", accepted: 0 });
  expect(frame.waits_until).toBe(new Date(Math.ceil(Date.now() / 86_400_000) * 86_400_000).toISOString());
  expect((await shop.view(alone)).state).toBe("sending");
  expect(young.taken).toHaveLength(10);
  await patch(shop, ids[0] ?? "", { warm_up: null });
  await shop.reach(alone, "completed");
  expect(young.taken).toHaveLength(50);
});

test("a quota pause whose coordinator has forgotten it is ended by the sweep, and not before its moment", async () => {
  const far = await farEnd();
  const { shop } = await shopWith({ far });
  await shop.addPeople(2);
  const id = (await shop.campaign({ connection_id: null })) as CampaignId;
  await shop.act(id, "send");
  await shop.reach(id, "completed");
  const scope = new TenantDb(openDb(inject("databaseUrl")).orm, shop.tenantId as TenantId);
  const pausedUntil = (resumeAt: Date) =>
    scope.update(
      campaigns,
      { state: "paused", pauseReason: "provider_quota", resumeAt },
      eq(campaigns.id, id),
    );
  await pausedUntil(new Date(Date.now() + 3_600_000));
  await triggerCron();
  expect(await shop.view(id)).toMatchObject({ state: "paused", pause_reason: "provider_quota" });
  await pausedUntil(new Date(Date.now() - 1_000));
  await triggerCron();
  expect(await shop.reach(id, "completed")).toMatchObject({ pause_reason: null });
});

test("a connection on the route of a run that is not over cannot be removed", async () => {
  const [a, b] = [await farEnd(), await farEnd()];
  const { shop, ids } = await shopWith(
    { far: a, more: { rate_per_second: 1 } },
    { far: b, more: { rate_per_second: 1 } },
  );
  await shop.addPeople(6);
  const id = await shop.campaign({ connection_id: null });
  await shop.act(id, "send");
  await until("the audience to be frozen", async () => (await shop.books(id)).frozen);
  const refused = await shop.client.send("DELETE", `/v1/connections/${ids[1]}`);
  expect(refused.status).toBe(409);
  await shop.act(id, "cancel");
});
