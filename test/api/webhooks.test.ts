/** Providers' reports at the door: genuine ones go on, whatever else is turned away and changes nothing. */
import { request } from "node:http";
import { beforeAll, describe, expect, test } from "vitest";
import { idMint } from "#domain/ports";
import { signWebhook } from "#queues/providers/standard-webhooks";
import { until } from "#test/support/client";
import { newTenant, stack } from "#test/support/stack";
import { startResend } from "../fakes/resend.ts";
import { openShop } from "../sending/shop.ts";

const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));
const secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";
const created_at = new Date().toISOString();
const event = (over: object = {}) =>
  JSON.stringify({
    type: "email.delivered",
    created_at,
    data: { email_id: "e", to: [] },
    ...over,
  });

async function signed(body: string, key = secret, atMs = Date.now()) {
  const id = `msg_${crypto.randomUUID()}`;
  const seconds = Math.floor(atMs / 1_000);
  return {
    "svix-id": id,
    "svix-timestamp": String(seconds),
    "svix-signature": await signWebhook(key, id, seconds, body),
  };
}

let connectionId = "";
let hook = "";
const post = (path: string, body: string | Uint8Array, headers: Record<string, string> = {}) =>
  fetch(`${stack().origin}${path}`, {
    method: "POST",
    body: body as BodyInit,
    headers: { "content-type": "application/json", ...headers },
  });

beforeAll(async () => {
  const { client } = await newTenant();
  const body = { kind: "resend", name: "R", api_key: "re_x", webhook_secret: secret };
  connectionId = (await client.call<{ id: string }>("POST", "/v1/connections", body)).id;
  hook = `/hooks/resend/${connectionId}`;
});

describe("the door", () => {
  test("takes a genuine report at once", async () => {
    expect((await post(hook, event(), await signed(event()))).status).toBe(202);
  });
  test("verifies before it parses: genuine nonsense passes, forged JSON does not", async () => {
    expect((await post(hook, "{not json", await signed("{not json"))).status).toBe(202);
    expect((await post(hook, event(), {})).status).toBe(401);
  });
  test.each([
    ["another secret", () => signed(event(), "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")],
    ["a body that was changed", () => signed(`${event()} `)],
    ["a report of ten minutes ago", () => signed(event(), secret, Date.now() - 600_000)],
    [
      "the sandbox's kind of headers",
      async () => {
        const s = await signed(event());
        return {
          "webhook-id": s["svix-id"],
          "webhook-timestamp": s["svix-timestamp"],
          "webhook-signature": s["svix-signature"],
        };
      },
    ],
  ])("turns away %s", async (_name, headers) => {
    const answer = await post(hook, event(), await headers());
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: "bad_signature" });
  });
  test("knows no connection that is not there, of another kind, or of an unknown provider", async () => {
    const headers = await signed(event());
    for (const path of [
      `/hooks/resend/${newId("cxn")}`,
      "/hooks/resend/cxn_nonsense",
      `/hooks/sandbox/${connectionId}`,
      `/hooks/acme/${connectionId}`,
    ])
      expect((await post(path, event(), headers)).status, path).toBe(404);
  });
  test("a connection without a secret believes nobody", async () => {
    const { client } = await newTenant();
    const body = { kind: "resend", name: "R", api_key: "re_x" };
    const { id } = await client.call<{ id: string }>("POST", "/v1/connections", body);
    expect((await post(`/hooks/resend/${id}`, event(), await signed(event(), "AA=="))).status).toBe(401);
  });
  test("takes large reports by way of storage, and none beyond 5 MB", async () => {
    const large = event({ padding: '"'.repeat(400_000) });
    expect((await post(hook, large, await signed(large))).status).toBe(202);
    expect(await statusOfAnnounced(hook, 5 * 1024 * 1024 + 1)).toBe(413);
  });
  test("bytes that are no text were signed by nobody", async () => {
    const bytes = new Uint8Array([0xff, 0xfe, 0x00]);
    expect((await post(hook, bytes, await signed("��\0"))).status).toBe(401);
  });
  test("a replaced secret counts from then on", async () => {
    const { client } = await newTenant();
    const body = { kind: "resend", name: "R", api_key: "re_x", webhook_secret: secret };
    const { id } = await client.call<{ id: string }>("POST", "/v1/connections", body);
    const path = `/hooks/resend/${id}`;
    expect((await post(path, event(), await signed(event()))).status).toBe(202);
    const fresh = "whsec_QUJDREVGR0hJSktMTU5PUFFSU1RVVldY";
    await client.call("PATCH", `/v1/connections/${id}`, { secrets: { webhook_secret: fresh } });
    await until(
      "the new secret to be known",
      async () => (await post(path, event(), await signed(event(), fresh))).status === 202,
      10_000,
      500,
    );
  });
});

test("from Resend's fake to the books: doubled, reordered reports count once, and move only forward", async () => {
  const fake = await startResend();
  const shop = await openShop();
  const { client } = shop;
  const made = await client.call<{ id: string; webhook_url: string }>("POST", "/v1/connections", {
    kind: "resend",
    name: "R",
    rate_per_second: 10_000,
    settings: { base_url: fake.baseUrl },
    api_key: "re_test_full",
    webhook_secret: secret,
  });
  const endpoint = fake.hooks.register(made.webhook_url, [
    "email.delivered",
    "email.bounced",
    "email.complained",
  ]);
  endpoint.secrets = [secret];
  await shop.addPeople(6);
  const campaign = await shop.campaign({ connection_id: made.id });
  await shop.act(campaign, "send");
  await shop.reach(campaign, "completed");
  expect(fake.taken).toHaveLength(6);
  const [bounced, complained, verbose] = fake.taken;
  // One report too large for a queue message goes by way of storage.
  const padding = '"'.repeat(300_000);
  for (const mail of fake.taken)
    fake.hooks.note("email.delivered", mail, mail === verbose ? { padding } : {});
  if (bounced) fake.hooks.note("email.bounced", bounced, { bounce: { type: "Permanent", message: "gone" } });
  if (complained) fake.hooks.note("email.complained", complained);
  await fake.hooks.deliver({ order: "reversed", times: 2 });
  expect(fake.hooks.reports.every((report) => report.status === 202)).toBe(true);
  const books = await until("all reports to be in the books", async () => {
    const now = await shop.books(campaign);
    const { delivered = 0, bounced: b = 0, complained: c = 0 } = now.states;
    return delivered === 4 && b === 1 && c === 1 && now;
  });
  expect(books).toMatchObject({ audience: 6, balances: true });
  await fake.stop();
});

/** The answer to a body that is announced and never sent. */
function statusOfAnnounced(path: string, sizeBytes: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { "content-length": String(sizeBytes), "content-type": "application/json" };
    const asked = request(`${stack().origin}${path}`, { method: "POST", headers }, (answer) => {
      resolve(answer.statusCode);
      asked.destroy();
    });
    asked.on("error", reject);
    asked.flushHeaders();
  });
}
