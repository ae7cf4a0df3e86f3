/** API keys: shown once, one workspace, gone at once. */
import { createHash } from "node:crypto";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { openDb } from "#db/client";
import { apiKeys } from "#db/schema/tenants";
import { type ApiClient, apiClient } from "#test/support/client";
import { newTenant, stack } from "#test/support/stack";

type Issued = { id: string; name: string; hint: string; key: string; last_used_at: string | null };
type Listed = { data: Omit<Issued, "key">[] };

const issue = (owner: ApiClient) => owner.call<Issued>("POST", "/v1/api-keys", { name: "Shop server" });
const program = (key: string) => apiClient(stack().origin, key);

test("a key is shown once, and kept only as its digest", async () => {
  const { client: owner } = await newTenant();
  const { key, ...rest } = await issue(owner);
  const listed = await owner.call<Listed>("GET", "/v1/api-keys");
  expect(listed.data).toEqual([rest]);
  expect(JSON.stringify(listed)).not.toContain(key);
  const [row] = await openDb(stack().databaseUrl)
    .crossTenant.select()
    .from(apiKeys)
    .where(eq(apiKeys.id, rest.id as never));
  expect(Buffer.from(row?.keyHash ?? []).toString("hex")).toBe(
    createHash("sha256").update(key).digest("hex"),
  );
  expect(JSON.stringify(await owner.call("GET", "/v1/audit-log"))).not.toContain(key);
});

test("a key speaks for its workspace without naming it, and for no other", async () => {
  const [mine, theirs] = await Promise.all([newTenant(), newTenant()]);
  const client = program((await issue(mine.client)).key);
  expect(await client.call("GET", "/v1/tenant")).toMatchObject({ id: mine.tenantId });
  const named = (id: string) => client.send("GET", "/v1/tenant", undefined, { "x-tenant-id": id });
  expect((await named(mine.tenantId)).status).toBe(200);
  expect((await named(theirs.tenantId)).status).toBe(404);
});

test("a key works with audience, content and campaigns, and not with people, keys or settings", async () => {
  const { client: owner } = await newTenant();
  const client = program((await issue(owner)).key);
  const statuses = async (requests: [string, string, unknown?][]) =>
    Promise.all(requests.map(async ([method, path, body]) => (await client.send(method, path, body)).status));
  expect(await statuses([["POST", "/v1/suppressions", { address: "x@shop.example" }]])).toEqual([201]);
  expect(
    await statuses([
      ["GET", "/v1/members"],
      ["GET", "/v1/api-keys"],
      ["POST", "/v1/api-keys", { name: "another" }],
      ["PATCH", "/v1/tenant", { name: "x" }],
      ["GET", "/v1/audit-log"],
    ]),
  ).toEqual([403, 403, 403, 403, 403]);
  // A program is nobody's person.
  expect(
    await statuses([
      ["GET", "/v1/me"],
      ["POST", "/v1/tenants", { name: "x" }],
    ]),
  ).toEqual([401, 401]);
});

test("what a key does stands in the log under its id and name", async () => {
  const { client: owner } = await newTenant();
  const { id, key } = await issue(owner);
  await program(key).call("POST", "/v1/suppressions", { address: "x@shop.example" });
  const { data } = await owner.call<{ data: object[] }>("GET", "/v1/audit-log?subject=x@shop.example");
  expect(data).toEqual([expect.objectContaining({ actor: id, actor_name: "Shop server" })]);
});

test("a key that is revoked stops working at once, and leaves the list", async () => {
  const { client: owner } = await newTenant();
  const { id, key } = await issue(owner);
  const client = program(key);
  expect((await client.send("GET", "/v1/tenant")).status).toBe(200);
  expect((await owner.send("DELETE", `/v1/api-keys/${id}`)).status).toBe(204);
  expect((await client.send("GET", "/v1/tenant")).status).toBe(401);
  expect(await owner.call<Listed>("GET", "/v1/api-keys")).toEqual({ data: [] });
  expect((await owner.send("DELETE", `/v1/api-keys/${id}`)).status).toBe(404);
});

test("a list of keys says when each was last used", async () => {
  const { client: owner } = await newTenant();
  const { key } = await issue(owner);
  const startedAtMs = Date.now();
  await program(key).call("GET", "/v1/tenant");
  const { data } = await owner.call<Listed>("GET", "/v1/api-keys");
  expect(Math.abs(Date.parse(data[0]?.last_used_at ?? "") - startedAtMs)).toBeLessThan(30_000);
});

test.each(["Basic abc", "Bearer", "Bearer ", "Bearer lp_live_x", "nonsense"])(
  "%j is no credential, even beside a good session",
  async (authorization) => {
    const { client: owner } = await newTenant();
    const response = await owner.send("GET", "/v1/tenant", undefined, { authorization });
    expect(response.status).toBe(401);
  },
);
