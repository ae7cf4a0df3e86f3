/** A transactional message that is asked for twice is sent once, whatever became of the first request. */
import { beforeAll, describe, expect, test } from "vitest";
import { literal, rawStatement } from "#db/bulk";
import type { TenantId } from "#domain/ids";
import { newScope } from "#test/support/scope";
import { keyHash } from "#worker/middleware/idempotency";
import { type Accepted, letter, messenger } from "./support/messages.ts";

let shop: Awaited<ReturnType<typeof messenger>>;
beforeAll(async () => {
  shop = await messenger();
});

describe("the same request again", () => {
  const keyed = (key: string, body: unknown, path = "/v1/messages") =>
    shop.client.send("POST", path, body, { "idempotency-key": key });
  /** What is left by a request that recorded its message and died before its answer was kept. */
  async function dieBeforeAnswer(key: string, path = "/v1/messages") {
    const hash = await keyHash(shop.tenant.userId, path, key);
    const scope = newScope(shop.tenant.tenantId as TenantId);
    const where = `tenant_id = ${literal({ id: scope.tenantId })} and key_hash = ${literal(hash)}`;
    const { rowsAffected } = await scope.execute(
      rawStatement(
        `update idempotency_keys set status = 0, answer = null, leased_until = created_at where ${where}`,
      ),
    );
    expect(rowsAffected).toBe(1);
  }

  test("under the same key names the same message, though the first request died before it answered", async () => {
    const [key, body] = [crypto.randomUUID(), letter()];
    const first = (await (await keyed(key, body)).json()) as Accepted;
    await dieBeforeAnswer(key);
    const again = await keyed(key, body);
    expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([202, null]);
    expect(((await again.json()) as Accepted).id).toBe(first.id);
    await shop.reach(first.id, "delivered");
    expect(await shop.mailsTo(body.to)).toHaveLength(1);
  });
  test("a batch likewise", async () => {
    const [key, body] = [crypto.randomUUID(), { messages: [letter(), letter()] }];
    const ids = async () =>
      ((await (await keyed(key, body, "/v1/messages/batch")).json()) as { data: Accepted[] }).data.map(
        (one) => one.id,
      );
    const first = await ids();
    expect(new Set(first).size).toBe(2);
    await dieBeforeAnswer(key, "/v1/messages/batch");
    expect(await ids()).toEqual(first);
  });
  test("at the same moment is one message", async () => {
    const [key, body] = [crypto.randomUUID(), letter()];
    const answers = await Promise.all(Array.from({ length: 6 }, () => keyed(key, body)));
    const taken = await Promise.all(
      answers.filter((a) => a.status === 202).map((a) => a.json() as Promise<Accepted>),
    );
    expect(new Set(taken.map((one) => one.id)).size).toBe(1);
    expect(answers.every((a) => [202, 409].includes(a.status))).toBe(true);
    await shop.reach(taken[0]?.id ?? "", "delivered");
    expect(await shop.mailsTo(body.to)).toHaveLength(1);
  });
  test("without a key is a second message", async () => {
    const body = letter();
    const [one, two] = [await shop.send(body), await shop.send(body)];
    expect(one.id).not.toBe(two.id);
  });
});
