/** Connections: secrets go in and never come out, one default, no removal from under a running campaign. */
import { afterEach, describe, expect, test } from "vitest";
import { openDb } from "#db/client";
import { connections } from "#db/schema/campaigns";
import { newTenant, stack } from "#test/support/stack";
import { type ResendFake, startResend } from "../fakes/resend.ts";
import { type SmtpFake, startSmtp } from "../fakes/smtp.ts";
import { openShop } from "../sending/shop.ts";

type Connection = {
  id: string;
  kind: string;
  name: string;
  rate_per_second: number;
  is_default: boolean;
  webhook_url: string;
  verified_at: string | null;
  last_error: string;
};
type List = { data: Connection[] };
const smtpBody = (server: { host: string; port: number }, password = "pw") => ({
  kind: "smtp",
  name: "Our server",
  settings: { host: server.host, port: server.port, security: "none", username: "shop" },
  password,
});

const running: (SmtpFake | ResendFake)[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});
async function smtp() {
  const server = await startSmtp({ user: { name: "shop", password: "pw" } });
  running.push(server);
  return server;
}
async function resend() {
  const fake = await startResend();
  running.push(fake);
  return fake;
}

describe("secrets", () => {
  const secret = `hunter2-${crypto.randomUUID()}`;

  test("are in no answer, no audit row, and unreadable at rest", async () => {
    const { client } = await newTenant();
    const body = { kind: "resend", name: "R", api_key: secret, webhook_secret: secret };
    const made = await client.call<Connection>("POST", "/v1/connections", body);
    await client.call("PATCH", `/v1/connections/${made.id}`, { secrets: { api_key: `${secret}2` } });
    const shown = [
      made,
      await client.call("GET", "/v1/connections"),
      await client.call("GET", "/v1/audit-log"),
      await client.call("POST", `/v1/connections/${made.id}/verify`),
    ];
    expect(JSON.stringify(shown)).not.toContain("hunter2");
    const rows = await openDb(stack().databaseUrl).crossTenant.select().from(connections);
    const row = rows.find(({ id }) => id === made.id);
    expect(row?.sealed.length).toBeGreaterThan(28);
    expect(Buffer.from(row?.sealed ?? []).toString("latin1")).not.toContain("hunter2");
  });

  test("belong to their kind: the wrong one is named", async () => {
    const { client } = await newTenant();
    const server = await smtp();
    const made = await client.call<Connection>("POST", "/v1/connections", smtpBody(server));
    const refused = await client.send("PATCH", `/v1/connections/${made.id}`, { secrets: { api_key: "x" } });
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({ errors: [{ pointer: "/secrets/api_key" }] });
  });
});

describe("verifying", () => {
  test("an SMTP server is asked over a real socket, without a mail", async () => {
    const { client } = await newTenant();
    const server = await smtp();
    const made = await client.call<Connection>("POST", "/v1/connections", smtpBody(server, "wrong"));
    expect(made.verified_at).toBeNull();
    const refused = await client.call<{ ok: boolean; reason: string }>(
      "POST",
      `/v1/connections/${made.id}/verify`,
    );
    expect(refused).toMatchObject({ ok: false, reason: expect.stringContaining("535") });
    const after = await client.call<List>("GET", "/v1/connections");
    expect(after.data.find(({ id }) => id === made.id)?.last_error).toBe(refused.reason);

    await client.call("PATCH", `/v1/connections/${made.id}`, { secrets: { password: "pw" } });
    expect(await client.call("POST", `/v1/connections/${made.id}/verify`)).toEqual({ ok: true, reason: "" });
    const verified = await client.call<List>("GET", "/v1/connections");
    expect(verified.data.find(({ id }) => id === made.id)).toMatchObject({ last_error: "" });
    expect(verified.data.find(({ id }) => id === made.id)?.verified_at).not.toBeNull();
    expect(server.taken).toEqual([]);
  });

  test("replaced credentials count as unproved", async () => {
    const { client } = await newTenant();
    const fake = await resend();
    const body = { kind: "resend", name: "R", settings: { base_url: fake.baseUrl }, api_key: "re_test_full" };
    const made = await client.call<Connection>("POST", "/v1/connections", body);
    expect(await client.call("POST", `/v1/connections/${made.id}/verify`)).toEqual({ ok: true, reason: "" });
    const changed = await client.call<Connection>("PATCH", `/v1/connections/${made.id}`, {
      secrets: { api_key: "re_wrong" },
    });
    expect(changed.verified_at).toBeNull();
    expect(await client.call("POST", `/v1/connections/${made.id}/verify`)).toMatchObject({ ok: false });
  });

  test("a server that is not there is an answer, not an error", async () => {
    const { client } = await newTenant();
    const server = await smtp();
    const made = await client.call<Connection>("POST", "/v1/connections", smtpBody(server));
    await server.stop();
    running.length = 0;
    expect(await client.call("POST", `/v1/connections/${made.id}/verify`)).toMatchObject({ ok: false });
  });
});

describe("the default", () => {
  test("is the first, can be another, and is always exactly one", async () => {
    const { client } = await newTenant();
    const defaults = async () =>
      (await client.call<List>("GET", "/v1/connections")).data.filter((c) => c.is_default).map((c) => c.name);
    // A new workspace comes with its sandbox.
    expect(await defaults()).toEqual(["Sandbox"]);
    const second = await client.call<Connection>("POST", "/v1/connections", {
      kind: "sandbox",
      name: "Second",
    });
    expect(second.is_default).toBe(false);
    await client.call("PATCH", `/v1/connections/${second.id}`, { is_default: true });
    expect(await defaults()).toEqual(["Second"]);
    expect((await client.send("DELETE", `/v1/connections/${second.id}`)).status).toBe(204);
    expect(await defaults()).toEqual(["Sandbox"]);
  });
});

describe("removing", () => {
  test("is refused while a campaign is being sent by it, and possible afterwards", async () => {
    const shop = await openShop({ rate: 1 });
    await shop.addPeople(4);
    // The first empties the bucket, so that the second has to wait with its people queued.
    const first = await shop.campaign({ name: "First" });
    await shop.act(first, "send");
    await shop.reach(first, "completed");
    const campaign = await shop.campaign();
    await shop.act(campaign, "send");
    await shop.reach(campaign, "sending");
    const refused = await shop.client.send("DELETE", `/v1/connections/${shop.connectionId}`);
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({ code: "in_use" });
    await shop.act(campaign, "cancel");
    await shop.reach(campaign, "cancelled");
    await expect
      .poll(async () => (await shop.client.send("DELETE", `/v1/connections/${shop.connectionId}`)).status, {
        timeout: 30_000,
      })
      .toBe(204);
  });

  test("is refused while a scheduled campaign counts on it", async () => {
    const shop = await openShop();
    await shop.addPeople(1);
    const campaign = await shop.campaign();
    await shop.act(campaign, "schedule", { at: new Date(Date.now() + 3_600_000).toISOString() });
    expect((await shop.client.send("DELETE", `/v1/connections/${shop.connectionId}`)).status).toBe(409);
    await shop.act(campaign, "unschedule").catch(() => undefined);
  });
});

test("an API key does not travel in the clear to a strange address of another scheme", async () => {
  const { client } = await newTenant();
  const body = { kind: "resend", name: "R", settings: { base_url: "ftp://x.example" }, api_key: "k" };
  expect((await client.send("POST", "/v1/connections", body)).status).toBe(422);
});
