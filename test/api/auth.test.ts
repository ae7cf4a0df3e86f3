/** Signing up, signing in, and what a session may and may not do. */
import { createHash } from "node:crypto";
import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { openDb } from "#db/client";
import { sessions, tenants } from "#db/schema/tenants";
import { apiClient } from "#test/support/client";
import { newTenant, stack } from "#test/support/stack";

type Me = { user: { id: string; email: string }; tenants: { id: string; name: string; role: string }[] };
type Problem = { code: string; status: number; errors?: { pointer: string }[] };

const freshEmail = () => `p-${crypto.randomUUID()}@shop.example`;
const form = (change: Record<string, string> = {}) => ({
  email: freshEmail(),
  password: "correct horse",
  name: "Maria",
  tenant_name: "Shop",
  time_zone: "Europe/Dublin",
  ...change,
});
const problemOf = async (response: Response) => (await response.json()) as Problem;
const db = () => openDb(stack().databaseUrl).orm;
const hashOf = (cookie: string) =>
  createHash("sha256")
    .update(cookie.split("=")[1] ?? "")
    .digest("hex");
const visitor = () => apiClient(stack().origin);

describe("signing up", () => {
  test("makes an account with a workspace of one's own, signed in, with a way to send", async () => {
    const client = visitor();
    const input = form({ email: ` Maria.${crypto.randomUUID()}@Shop.EXAMPLE ` });
    const me = await client.call<Me>("POST", "/v1/auth/signup", input);
    expect(me.user.email).toBe(input.email.trim().toLowerCase());
    expect(me.tenants).toEqual([expect.objectContaining({ name: "Shop", role: "owner" })]);
    expect(await client.call<Me>("GET", "/v1/me")).toEqual(me);
    const { data } = await client.call<{ data: Record<string, unknown>[] }>("GET", "/v1/connections");
    expect(data).toEqual([
      expect.objectContaining({ kind: "sandbox", name: "Sandbox", is_default: true, rate_per_second: 500 }),
    ]);
    expect(JSON.stringify(data)).not.toContain("whsec_");
    const log = await client.call<{ data: { action: string; actor: string }[] }>("GET", "/v1/audit-log");
    expect(log.data).toEqual([expect.objectContaining({ action: "tenant.create", actor: me.user.id })]);
  });

  test("with an address that is known is refused, and leaves nothing behind", async () => {
    const email = freshEmail();
    await visitor().call("POST", "/v1/auth/signup", form({ email }));
    const name = `Half made ${crypto.randomUUID()}`;
    const again = form({ email: email.toUpperCase(), tenant_name: name });
    const response = await visitor().send("POST", "/v1/auth/signup", again);
    expect(response.status).toBe(409);
    expect(await problemOf(response)).toMatchObject({ code: "taken", errors: [{ pointer: "/email" }] });
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(await db().select().from(tenants).where(eq(tenants.name, name))).toEqual([]);
  });

  test.each([
    ["/email", { email: "not an address" }],
    ["/time_zone", { time_zone: "Mars/Olympus" }],
    ["/password", { password: "too short" }],
    ["/name", { name: "  " }],
  ])("says that %s is wrong", async (pointer, change) => {
    const response = await visitor().send("POST", "/v1/auth/signup", form(change as never));
    expect(response.status).toBe(422);
    expect((await problemOf(response)).errors?.map((e) => e.pointer)).toEqual([pointer]);
  });
});

describe("signing in", () => {
  test("works with the address in any spelling of its case", async () => {
    const { email, password, tenantId } = await newTenant();
    const me = await visitor().call<Me>("POST", "/v1/auth/login", { email: email.toUpperCase(), password });
    expect(me.tenants.map((t) => t.id)).toEqual([tenantId]);
  });

  test("tells a wrong password from an unknown account by nothing", async () => {
    const { email } = await newTenant();
    const answers = await Promise.all(
      [email, freshEmail()].map(async (address) => {
        const response = await visitor().send("POST", "/v1/auth/login", {
          email: address,
          password: "wrong password",
        });
        const { request_id: _, ...body } = (await response.json()) as Problem & { request_id: string };
        return { status: response.status, body, cookies: response.headers.getSetCookie() };
      }),
    );
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toMatchObject({ status: 401, body: { code: "wrong_credentials" }, cookies: [] });
  });

  test("is limited per address, and others are not held up by it", async () => {
    const email = freshEmail();
    const attempt = () => visitor().send("POST", "/v1/auth/login", { email, password: "guess" });
    const statuses = new Set<number>();
    let refused: Response | undefined;
    for (let i = 0; i < 25 && !refused; i++) {
      const response = await attempt();
      statuses.add(response.status);
      if (response.status === 429) refused = response;
    }
    expect([...statuses]).toEqual([401, 429]);
    expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThan(0);
    const other = { email: freshEmail(), password: "guess" };
    expect((await visitor().send("POST", "/v1/auth/login", other)).status).toBe(401);
  });

  test("ends the session this browser had before", async () => {
    const { client, email, password } = await newTenant();
    const before = client.cookie();
    await client.call("POST", "/v1/auth/login", { email, password });
    expect(client.cookie()).not.toBe(before);
    const response = await visitor().send("GET", "/v1/me", undefined, { cookie: before });
    expect(response.status).toBe(401);
  });
});

describe("a session", () => {
  test("is kept in the database only as a digest", async () => {
    const { client, userId } = await newTenant();
    const rows = await db()
      .select()
      .from(sessions)
      .where(eq(sessions.userId, userId as never));
    expect(rows.map((row) => row.id)).toEqual([hashOf(client.cookie())]);
  });

  test("ends on the server at logout, so that a copied cookie is worthless", async () => {
    const { client } = await newTenant();
    const copied = client.cookie();
    expect((await client.send("POST", "/v1/auth/logout")).status).toBe(204);
    expect(client.cookie()).toBe("");
    expect((await visitor().send("GET", "/v1/me", undefined, { cookie: copied })).status).toBe(401);
  });

  test("past its end is refused", async () => {
    const { client } = await newTenant();
    const hash = hashOf(client.cookie());
    await db()
      .update(sessions)
      .set({ expiresAt: new Date(Date.now() - 1_000) })
      .where(eq(sessions.id, hash));
    expect((await client.send("GET", "/v1/me")).status).toBe(401);
  });

  test("near its end is extended by use, even where the answer is a refusal", async () => {
    const { client } = await newTenant();
    const hash = hashOf(client.cookie());
    const soon = new Date(Date.now() + 24 * 3_600_000);
    await db().update(sessions).set({ expiresAt: soon }).where(eq(sessions.id, hash));
    const response = await client.send("GET", "/v1/tenant", undefined, {
      "x-tenant-id": "ten_00000000000000000000000000",
    });
    expect(response.status).toBe(404);
    expect(response.headers.getSetCookie()).toEqual([expect.stringContaining("Max-Age=1209600")]);
    const [row] = await db().select().from(sessions).where(eq(sessions.id, hash));
    expect(row?.expiresAt.getTime()).toBeGreaterThan(Date.now() + 13 * 24 * 3_600_000);
  });

  test("invented, altered or empty opens nothing", async () => {
    const { client } = await newTenant();
    const [name = "", secret = ""] = client.cookie().split("=");
    for (const value of [
      secret.slice(0, -1),
      `${secret}a`,
      hashOf(client.cookie()),
      "",
      "'; drop table users; --",
    ])
      expect((await visitor().send("GET", "/v1/me", undefined, { cookie: `${name}=${value}` })).status).toBe(
        401,
      );
  });
});

describe("another workspace", () => {
  test("can be made, named in a header, and in the query where only reading is possible", async () => {
    const { client, tenantId } = await newTenant();
    const me = await client.call<Me>("POST", "/v1/tenants", { name: "Second", time_zone: "UTC" });
    expect(me.tenants.map((t) => [t.name, t.role])).toEqual([
      ["Test workspace", "owner"],
      ["Second", "owner"],
    ]);
    const second = me.tenants[1]?.id ?? "";
    const nameOf = async (path: string, headers: Record<string, string>) =>
      ((await (await client.send("GET", path, undefined, headers)).json()) as { id: string }).id;
    expect(await nameOf("/v1/tenant", { "x-tenant-id": second })).toBe(second);
    expect(await nameOf("/v1/tenant", { "x-tenant-id": tenantId })).toBe(tenantId);
    const plain = { cookie: client.cookie() };
    const asked = await visitor().send("GET", `/v1/tenant?tenant_id=${second}`, undefined, plain);
    expect(await asked.json()).toMatchObject({ id: second });
    // A write goes to no workspace that only the address names: links can be made by anybody.
    const write = { ...plain, origin: stack().origin };
    const renamed = await visitor().send("PATCH", `/v1/tenant?tenant_id=${second}`, { name: "First" }, write);
    expect(await renamed.json()).toMatchObject({ id: tenantId });
    // Without a name it is the one joined first.
    expect(await (await visitor().send("GET", "/v1/tenant", undefined, plain)).json()).toMatchObject({
      id: tenantId,
    });
  });

  test("of somebody else is answered like one that never was", async () => {
    const [mine, theirs] = await Promise.all([newTenant(), newTenant()]);
    const bodies = await Promise.all(
      [theirs.tenantId, "ten_00000000000000000000000000", "nonsense"].map(async (id) => {
        const response = await mine.client.send("GET", "/v1/tenant", undefined, { "x-tenant-id": id });
        const { request_id: _, ...body } = (await response.json()) as { request_id: string };
        return { status: response.status, body };
      }),
    );
    expect(bodies[0]).toMatchObject({ status: 404, body: { code: "not_found" } });
    expect(bodies[1]).toEqual(bodies[0]);
    expect(bodies[2]).toEqual(bodies[0]);
  });

  test("with an unknown time zone is refused", async () => {
    const { client } = await newTenant();
    const response = await client.send("POST", "/v1/tenants", { name: "Second", time_zone: "+01:00" });
    expect(await problemOf(response)).toMatchObject({ status: 422, errors: [{ pointer: "/time_zone" }] });
  });
});
