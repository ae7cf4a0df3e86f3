/** One key, one request: what a repeated POST is answered, whatever became of the first. */
import { beforeAll, expect, test } from "vitest";
import { literal, rawStatement } from "#db/bulk";
import { takeKey } from "#db/repos/idempotency";
import type { TenantId } from "#domain/ids";
import { apiClient } from "#test/support/client";
import { operations } from "#test/support/operations";
import { newScope } from "#test/support/scope";
import { newTenant, stack, type TestTenant } from "#test/support/stack";
import { keyHash } from "#worker/middleware/idempotency";
import { openApiDocument } from "#worker/openapi";

let tenant: TestTenant;
beforeAll(async () => {
  tenant = await newTenant();
});

const newKey = () => crypto.randomUUID();
const post = (key: string, body: unknown, path = "/v1/tags", client = tenant.client) =>
  client.send("POST", path, body, { "idempotency-key": key });
const code = async (response: Response) => ((await response.json()) as { code: string }).code;
const tagsNamed = async (name: string) =>
  (await tenant.client.all<{ name: string }>("/v1/tags")).filter((tag) => tag.name === name).length;
/** What a request leaves that died after its work and before its answer was kept. */
async function unanswer(key: string, path: string, leasedUntil: Date) {
  const hash = await keyHash(tenant.userId, path, key);
  const scope = newScope(tenant.tenantId as TenantId);
  const where = `tenant_id = ${literal({ id: scope.tenantId })} and key_hash = ${literal(hash)}`;
  await scope.execute(
    rawStatement(
      `update idempotency_keys set status = 0, answer = null, leased_until = ${literal(leasedUntil)} where ${where}`,
    ),
  );
}
test("the same request again is answered alike and done once", async () => {
  const [key, body] = [newKey(), { name: `t-${newKey()}` }];
  const first = await post(key, body);
  const again = await post(key, body);
  expect([first.status, again.status]).toEqual([201, 201]);
  expect(await again.text()).toBe(await first.text());
  expect([first.headers.get("idempotent-replayed"), again.headers.get("idempotent-replayed")]).toEqual([
    null,
    "true",
  ]);
  expect(again.headers.get("content-type")).toBe(first.headers.get("content-type"));
  expect(await tagsNamed(body.name)).toBe(1);
});

test("what is shown only once comes back for its own key, and lies sealed until then", async () => {
  const [key, body] = [newKey(), { name: "Program" }];
  const first = (await (await post(key, body, "/v1/api-keys")).json()) as { key: string };
  const again = (await (await post(key, body, "/v1/api-keys")).json()) as { key: string };
  expect(again.key).toBe(first.key);
  const scope = newScope(tenant.tenantId as TenantId);
  const hash = await keyHash(tenant.userId, "/v1/api-keys", key);
  const at = new Date();
  const held = await takeKey(scope, { keyHash: hash, bodyHash: hash, leasedUntil: at, createdAt: at });
  expect(held?.answer?.length).toBeGreaterThan(0);
  expect(Buffer.from(held?.answer ?? []).toString("latin1")).not.toContain(first.key);
});

test("the same key with another body is refused, and the first answer stays", async () => {
  const [key, body] = [newKey(), { name: `t-${newKey()}` }];
  await post(key, body);
  const other = await post(key, { name: `t-${newKey()}` });
  expect([other.status, await code(other)]).toEqual([422, "key_reused"]);
  expect((await post(key, body)).status).toBe(201);
});

test("a key means something to one credential and one address alone", async () => {
  const key = newKey();
  const { key: secret } = await tenant.client.call<{ key: string }>("POST", "/v1/api-keys", { name: "P" });
  const program = apiClient(stack().origin, secret);
  const names = [newKey(), newKey(), newKey()];
  const statuses = [
    (await post(key, { name: names[0] })).status,
    (await post(key, { name: names[1] }, "/v1/tags", program)).status,
    (await post(key, { name: names[2] }, "/v1/lists")).status,
  ];
  expect(statuses).toEqual([201, 201, 201]);
});

test("of many at once one is carried out; the others hear of it or are told to wait", async () => {
  const [key, body] = [newKey(), { name: `t-${newKey()}` }];
  const answers = await Promise.all(Array.from({ length: 8 }, () => post(key, body)));
  const statuses = answers.map((a) => a.status);
  expect(statuses.filter((s) => s !== 201 && s !== 409)).toEqual([]);
  const firsts = answers.filter((a) => a.status === 201 && a.headers.get("idempotent-replayed") === null);
  expect(firsts).toHaveLength(1);
  expect(await tagsNamed(body.name)).toBe(1);
});

test("while the first request is under way the second is told when to come back; once it is dead the second does the work", async () => {
  const [key, body] = [newKey(), { name: `t-${newKey()}` }];
  await post(key, body);
  await unanswer(key, "/v1/tags", new Date(Date.now() + 60_000));
  const second = await post(key, body);
  expect([second.status, second.headers.get("retry-after"), await code(second)]).toEqual([
    409,
    "1",
    "key_in_use",
  ]);
  await unanswer(key, "/v1/tags", new Date(Date.now() - 1));
  // A tag of this name is there already: the work was asked for again, and its own rules hold.
  expect(await code(await post(key, body))).toBe("taken");
  expect(await tagsNamed(body.name)).toBe(1);
});

test("a refusal is not kept: the corrected request passes under the same key", async () => {
  const key = newKey();
  expect((await post(key, { name: "" })).status).toBe(422);
  expect((await post(key, { name: `t-${newKey()}` })).status).toBe(201);
});

test("a key that is none is refused before anything is done", async () => {
  for (const bad of ["", "with space", "x".repeat(256)]) {
    const response = await post(bad, { name: newKey() });
    expect([bad.length, response.status]).toEqual([bad.length, 422]);
  }
});

test("a key that is more than a day old is as good as new", async () => {
  const [key, body] = [newKey(), { name: `t-${newKey()}` }];
  const hash = await keyHash(tenant.userId, "/v1/tags", key);
  const longAgo = new Date(Date.now() - 25 * 3_600_000);
  const scope = newScope(tenant.tenantId as TenantId);
  await takeKey(scope, { keyHash: hash, bodyHash: hash, leasedUntil: longAgo, createdAt: longAgo });
  expect((await post(key, body)).status).toBe(201);
});

test("every POST of a workspace names the header, save the one whose body is streamed", () => {
  const { paths } = openApiDocument() as unknown as {
    paths: Record<string, Record<string, { parameters?: { name: string; in: string }[] }>>;
  };
  const wanted = operations.filter(
    (o) => o.method === "POST" && !["public", "session"].includes(o.permission),
  );
  const without = wanted.filter(
    (o) => !paths[o.path]?.post?.parameters?.some((p) => p.name === "idempotency-key"),
  );
  expect(wanted.length).toBeGreaterThan(20);
  expect(without.map((o) => o.title)).toEqual(["POST /v1/imports"]);
});
