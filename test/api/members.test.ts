/** Members and invitations: who may join, who may change whom, and when a door closes. */
import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { openDb } from "#db/client";
import { invitations } from "#db/schema/tenants";
import { type ApiClient, apiClient } from "#test/support/client";
import { newTenant, stack } from "#test/support/stack";

type Member = { user_id: string; email: string; role: string };
type Members = { data: Member[]; invitations: { id: string; email: string }[] };
type Invited = { id: string; email: string; accept_url: string; expires_at: string };

const password = "correct horse";
const visitor = () => apiClient(stack().origin);
const freshEmail = () => `m-${crypto.randomUUID()}@shop.example`;
const tokenOf = (invited: Invited) => new URL(invited.accept_url).searchParams.get("token") ?? "";
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;

async function invite(owner: ApiClient, role = "editor", email = freshEmail()): Promise<Invited> {
  return owner.call<Invited>("POST", "/v1/members/invitations", { email, role });
}

/** A new person in the workspace. */
async function join(owner: ApiClient, tenantId: string, role: string) {
  const token = tokenOf(await invite(owner, role));
  const client = visitor();
  const me = await client.call<{ user: { id: string; email: string } }>("POST", "/v1/invitations/accept", {
    token,
    name: "New Person",
    password,
  });
  client.useTenant(tenantId);
  return { client, userId: me.user.id, email: me.user.email };
}

describe("an invitation", () => {
  test("makes somebody without an account a member, signed in", async () => {
    const { client: owner, tenantId } = await newTenant();
    const invited = await invite(owner, "viewer");
    expect(invited.accept_url.startsWith(`${stack().origin}/invite?token=`)).toBe(true);
    const client = visitor();
    const acceptance = { token: tokenOf(invited), name: "Vic", password };
    const me = await client.call("POST", "/v1/invitations/accept", acceptance);
    expect(me).toMatchObject({
      user: { email: invited.email, name: "Vic" },
      tenants: [{ id: tenantId, role: "viewer" }],
    });
    const members = await client.call<Members>("GET", "/v1/members");
    expect(members.data.map((m) => m.role)).toEqual(["owner", "viewer"]);
    expect(members.invitations).toEqual([]);
  });

  test("works once, even when used several times at the same moment", async () => {
    const { client: owner } = await newTenant();
    const known = await newTenant();
    for (const [email, secret] of [
      [freshEmail(), password],
      [known.email, known.password],
    ] as const) {
      const token = tokenOf(await invite(owner, "editor", email));
      const use = () =>
        visitor().send("POST", "/v1/invitations/accept", { token, name: "V", password: secret });
      const tries = await Promise.all([use(), use(), use()]);
      expect(tries.filter((t) => t.status === 200)).toHaveLength(1);
      const late = await use();
      expect([late.status, await codeOf(late)]).toEqual([404, "bad_token"]);
    }
  });

  test("asks somebody with an account for that account's password", async () => {
    const { client: owner, tenantId } = await newTenant();
    const other = await newTenant();
    const token = tokenOf(await invite(owner, "admin", other.email));
    const wrong = { token, name: "", password: "not the password" };
    const refused = await visitor().send("POST", "/v1/invitations/accept", wrong);
    expect([refused.status, await codeOf(refused)]).toEqual([401, "wrong_credentials"]);
    const right = { token, name: "Ignored", password: other.password };
    const me = await visitor().call<{ tenants: object[] }>("POST", "/v1/invitations/accept", right);
    expect(me).toMatchObject({ user: { id: other.userId, name: "Test Owner" } });
    expect(me.tenants).toEqual([
      expect.objectContaining({ id: other.tenantId, role: "owner" }),
      expect.objectContaining({ id: tenantId, role: "admin" }),
    ]);
  });

  test("needs a name from somebody new", async () => {
    const { client: owner } = await newTenant();
    const nameless = { token: tokenOf(await invite(owner)), password };
    const response = await visitor().send("POST", "/v1/invitations/accept", nameless);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ errors: [{ pointer: "/name" }] });
  });

  test("is worthless once taken back, replaced or expired", async () => {
    const { client: owner } = await newTenant();
    const [revoked, replaced, expired] = [await invite(owner), await invite(owner), await invite(owner)];
    expect((await owner.send("DELETE", `/v1/members/invitations/${revoked.id}`)).status).toBe(204);
    const newer = await invite(owner, "editor", replaced.email);
    await openDb(stack().databaseUrl)
      .crossTenant.update(invitations)
      .set({ expiresAt: new Date(Date.now() - 1_000) })
      .where(eq(invitations.id, expired.id as never));
    for (const dead of [revoked, replaced, expired]) {
      const acceptance = { token: tokenOf(dead), name: "V", password };
      expect((await visitor().send("POST", "/v1/invitations/accept", acceptance)).status).toBe(404);
    }
    const { invitations: open } = await owner.call<Members>("GET", "/v1/members");
    expect(open.map((i) => i.id)).toEqual([newer.id]);
    const again = await owner.send("DELETE", `/v1/members/invitations/${revoked.id}`);
    expect(again.status).toBe(404);
  });

  test("is not made for a member, nor for what is no address", async () => {
    const { client: owner, email } = await newTenant();
    const body = (address: string) => ({ email: address, role: "editor" });
    const member = await owner.send("POST", "/v1/members/invitations", body(email.toUpperCase()));
    expect([member.status, await codeOf(member)]).toEqual([409, "taken"]);
    expect((await owner.send("POST", "/v1/members/invitations", body("nobody"))).status).toBe(422);
    const asOwner = { email: freshEmail(), role: "owner" };
    expect((await owner.send("POST", "/v1/members/invitations", asOwner)).status).toBe(422);
  });
});

describe("a workspace", () => {
  test("is never without an owner", async () => {
    const { client: owner, userId } = await newTenant();
    for (const response of [
      await owner.send("PATCH", `/v1/members/${userId}`, { role: "admin" }),
      await owner.send("DELETE", `/v1/members/${userId}`),
    ])
      expect([response.status, await codeOf(response)]).toEqual([409, "wrong_state"]);
    const { data } = await owner.call<Members>("GET", "/v1/members");
    expect(data.map((m) => m.role)).toEqual(["owner"]);
  });

  test("keeps one owner even when two step down at the same moment", async () => {
    const { client: owner, tenantId, userId } = await newTenant();
    const second = await join(owner, tenantId, "admin");
    await owner.call("PATCH", `/v1/members/${second.userId}`, { role: "owner" });
    const answers = await Promise.all([
      owner.send("PATCH", `/v1/members/${userId}`, { role: "viewer" }),
      second.client.send("PATCH", `/v1/members/${second.userId}`, { role: "viewer" }),
    ]);
    expect(answers.map((a) => a.status).sort()).toEqual([200, 409]);
    const { data } = await owner.call<Members>("GET", "/v1/members");
    expect(data.filter((m) => m.role === "owner")).toHaveLength(1);
  });

  test("lets owners alone make and unmake owners", async () => {
    const { client: owner, tenantId, userId } = await newTenant();
    const admin = await join(owner, tenantId, "admin");
    for (const [method, path, body] of [
      ["PATCH", `/v1/members/${admin.userId}`, { role: "owner" }],
      ["PATCH", `/v1/members/${userId}`, { role: "viewer" }],
      ["DELETE", `/v1/members/${userId}`, undefined],
    ] as const)
      expect((await admin.client.send(method, path, body)).status).toBe(403);
    await owner.call("PATCH", `/v1/members/${admin.userId}`, { role: "owner" });
    expect((await owner.send("PATCH", `/v1/members/${userId}`, { role: "editor" })).status).toBe(200);
  });
});

describe("a member", () => {
  test("has a new role with the very next request", async () => {
    const { client: owner, tenantId } = await newTenant();
    const editor = await join(owner, tenantId, "editor");
    const rename = () => editor.client.send("PATCH", "/v1/tenant", { name: "Renamed" });
    expect((await rename()).status).toBe(403);
    await owner.call("PATCH", `/v1/members/${editor.userId}`, { role: "admin" });
    expect((await rename()).status).toBe(200);
  });

  test("who was removed finds the workspace gone, and keeps the account", async () => {
    const { client: owner, tenantId } = await newTenant();
    const editor = await join(owner, tenantId, "editor");
    expect((await owner.send("DELETE", `/v1/members/${editor.userId}`)).status).toBe(204);
    const response = await editor.client.send("GET", "/v1/tenant");
    expect([response.status, await codeOf(response)]).toEqual([404, "not_found"]);
    expect(await editor.client.call("GET", "/v1/me")).toMatchObject({ tenants: [] });
    expect((await owner.send("DELETE", `/v1/members/${editor.userId}`)).status).toBe(404);
  });

  test("leaves a trace in the log at each step", async () => {
    const { client: owner, tenantId, userId } = await newTenant();
    const editor = await join(owner, tenantId, "editor");
    await owner.call("PATCH", `/v1/members/${editor.userId}`, { role: "viewer" });
    await owner.send("DELETE", `/v1/members/${editor.userId}`);
    const { data } = await owner.call<{ data: Record<string, unknown>[] }>(
      "GET",
      `/v1/audit-log?subject=${editor.userId}`,
    );
    expect(data.map((e) => [e.action, e.actor, e.before, e.after])).toEqual([
      ["member.remove", userId, { email: editor.email, role: "viewer" }, null],
      ["member.role", userId, { role: "editor" }, { role: "viewer" }],
      ["member.join", editor.userId, null, { email: editor.email, role: "editor" }],
    ]);
  });
});
