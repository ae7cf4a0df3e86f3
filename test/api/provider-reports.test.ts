/** Reports of a provider through the front door: kept, shown, read again; forgeries counted, repeats without effect. */
import { expect, test } from "vitest";
import { signWebhook } from "#queues/providers/standard-webhooks";
import { type ApiClient, apiClient, until } from "#test/support/client";
import { newTenant, stack } from "#test/support/stack";

const secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";
type Listed = { id: string; events: number; stored_bytes: number; readings: number };
type List = {
  data: Listed[];
  next_cursor: string | null;
  last_24_hours: { reports: number; forged_reports: number };
};

async function connected() {
  const { client, tenantId } = await newTenant();
  const body = { kind: "resend", name: "R", api_key: "re_x", webhook_secret: secret };
  const { id } = await client.call<{ id: string }>("POST", "/v1/connections", body);
  const reports = `/v1/connections/${id}/reports`;
  return {
    client,
    tenantId,
    reports,
    list: () => client.call<List>("GET", reports),
    async post(body: string, key = secret) {
      const svixId = `msg_${crypto.randomUUID()}`;
      const seconds = Math.floor(Date.now() / 1_000);
      const headers = {
        "content-type": "application/json",
        "svix-id": svixId,
        "svix-timestamp": String(seconds),
        "svix-signature": await signWebhook(key, svixId, seconds, body),
      };
      const send = () =>
        fetch(`${stack().origin}/hooks/resend/${id}?token=hush&a=1`, { method: "POST", body, headers });
      return { send, svixId };
    },
  };
}
const event = JSON.stringify({
  type: "email.delivered",
  created_at: new Date().toISOString(),
  data: { email_id: "e", to: ["ann@people.example"] },
});

async function viewerOf(client: ApiClient, tenantId: string): Promise<ApiClient> {
  const invitation = { email: `v-${crypto.randomUUID()}@shop.example`, role: "viewer" };
  const invited = await client.call<{ accept_url: string }>("POST", "/v1/members/invitations", invitation);
  const viewer = apiClient(stack().origin);
  const token = new URL(invited.accept_url).searchParams.get("token");
  await viewer.call("POST", "/v1/invitations/accept", { token, name: "Vic", password: "correct horse" });
  viewer.useTenant(tenantId);
  return viewer;
}

test("a genuine report is kept and shown, its people to those alone who may change settings", async () => {
  const t = await connected();
  const { send, svixId } = await t.post(event);
  expect((await send()).status).toBe(202);
  const [kept] = await until("the report to be kept", async () => {
    const { data } = await t.list();
    return data.length > 0 ? data : undefined;
  });
  expect(kept).toMatchObject({ events: 1, readings: 1 });
  const one = await t.client.call<{ request: { body: string; url: string; headers: object } }>(
    "GET",
    `${t.reports}/${kept?.id}`,
  );
  expect(one.request.body).toBe(event);
  expect(one.request.headers).toMatchObject({ "svix-id": svixId });
  expect(one.request.url).toMatch(/\?a=1$/);
  const viewer = await viewerOf(t.client, t.tenantId);
  expect(await viewer.call("GET", `${t.reports}/${kept?.id}`)).toMatchObject({ events: 1, request: null });
  expect((await viewer.send("POST", `${t.reports}/${kept?.id}/replay`)).status).toBe(403);
});

test("read again, one by one or by time, and the list says how often", async () => {
  const t = await connected();
  for (let i = 0; i < 2; i++) await (await t.post(event)).send();
  const data = await until("both to be kept", async () => {
    const { data } = await t.list();
    return data.length === 2 ? data : undefined;
  });
  expect(await t.client.call("POST", `${t.reports}/${data[0]?.id}/replay`)).toEqual({ reports: 1 });
  const stretch = {
    from: new Date(Date.now() - 60_000).toISOString(),
    to: new Date(Date.now() + 60_000).toISOString(),
  };
  expect(await t.client.call("POST", `${t.reports}/replay`, stretch)).toEqual({ reports: 2 });
  expect((await t.list()).data.map((row) => row.readings)).toEqual([3, 2]);
  const turned = { from: stretch.to, to: stretch.from };
  expect(
    (
      await t.client.send("POST", `${t.reports}/replay`, JSON.stringify(turned), {
        "content-type": "application/json",
      })
    ).status,
  ).toBe(422);
  expect((await t.client.send("GET", `${t.reports}/hkp_00000000000000000000000000`)).status).toBe(404);
});

test("forgeries are refused, kept nowhere and counted, however many come at once", async () => {
  const t = await connected();
  const forged = await Promise.all(
    Array.from({ length: 12 }, () => t.post(event, "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")),
  );
  const answers = await Promise.all(forged.map(({ send }) => send()));
  expect(answers.map((answer) => answer.status)).toEqual(Array(12).fill(401));
  await until("the count", async () => (await t.list()).last_24_hours.forged_reports === 12 || undefined);
  expect((await t.list()).data).toEqual([]);
});
