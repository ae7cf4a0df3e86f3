/** The workspace's settings, its suppressed addresses, and the log of what was done. */
import { describe, expect, test } from "vitest";
import type { ApiClient } from "#test/support/client";
import { newTenant } from "#test/support/stack";

type Entry = { id: string; action: string; subject: string; before: unknown; after: unknown; at: string };
type Page<T> = { data: T[]; next_cursor: string | null };
type Suppressed = { channel: string; address: string; reason: string; detail: string };

const log = (client: ApiClient, query = "") => client.call<Page<Entry>>("GET", `/v1/audit-log${query}`);
const pointersOf = async (response: Response) =>
  ((await response.json()) as { errors: { pointer: string }[] }).errors.map((e) => e.pointer);

describe("settings", () => {
  test("are changed one by one; what is not named stays", async () => {
    const { client } = await newTenant("Before");
    const changed = await client.call("PATCH", "/v1/tenant", {
      time_zone: "europe/lisbon",
      from_email: "News@Shop.example",
      postal_address: "1 Main Street\nDublin",
    });
    expect(changed).toMatchObject({
      name: "Before",
      time_zone: "Europe/Lisbon",
      from_email: "news@shop.example",
      postal_address: "1 Main Street\nDublin",
      reply_to: "",
    });
    expect(await client.call("GET", "/v1/tenant")).toEqual(changed);
    expect(await client.call("PATCH", "/v1/tenant", { from_email: "" })).toMatchObject({ from_email: "" });
    expect(await client.call("PATCH", "/v1/tenant", {})).toMatchObject({ time_zone: "Europe/Lisbon" });
  });

  test("that are wrong are all named, and nothing is changed", async () => {
    const { client } = await newTenant("Before");
    const response = await client.send("PATCH", "/v1/tenant", {
      name: "After",
      time_zone: "Atlantis",
      from_email: "nobody",
      reply_to: "a@b",
    });
    expect(response.status).toBe(422);
    expect((await pointersOf(response)).sort()).toEqual(["/from_email", "/reply_to", "/time_zone"]);
    expect(await client.call("GET", "/v1/tenant")).toMatchObject({ name: "Before", time_zone: "UTC" });
  });

  test("leave their state before and after in the log", async () => {
    const { client, tenantId, userId } = await newTenant("Before");
    await client.call("PATCH", "/v1/tenant", { name: "After" });
    const { data } = await log(client, `?subject=${tenantId}`);
    expect(data[0]).toMatchObject({
      actor: userId,
      actor_name: "Test Owner",
      action: "tenant.update",
      before: { name: "Before" },
      after: { name: "After" },
    });
    expect(Object.keys(data[0] ?? {}).sort()).toEqual(
      ["action", "actor", "actor_name", "after", "at", "before", "id", "ip", "subject"].sort(),
    );
  });

  test("of one workspace are not those of another", async () => {
    const [one, two] = await Promise.all([newTenant("One"), newTenant("Two")]);
    await one.client.call("PATCH", "/v1/tenant", { name: "Changed" });
    expect(await two.client.call("GET", "/v1/tenant")).toMatchObject({ name: "Two" });
  });
});

describe("onboarding", () => {
  test("sees in the data what is done", async () => {
    const { client } = await newTenant();
    type Onboarding = { steps: { key: string; done: boolean }[]; contacts: number; campaigns: number };
    const state = async () => {
      const { steps, ...counts } = await client.call<Onboarding>("GET", "/v1/onboarding");
      return { done: steps.filter((s) => s.done).map((s) => s.key), ...counts };
    };
    expect(await state()).toEqual({ done: [], contacts: 0, campaigns: 0 });
    await client.call("PATCH", "/v1/tenant", { from_email: "news@shop.example" });
    expect((await state()).done).toEqual([]);
    await client.call("PATCH", "/v1/tenant", { postal_address: "1 Main Street" });
    expect((await state()).done).toEqual(["sender"]);
    await client.call("POST", "/v1/contacts", { email: "ann@shop.example" });
    expect(await state()).toEqual({ done: ["sender", "contacts"], contacts: 1, campaigns: 0 });
    const template = { name: "Hello", subject: "Hi", html: "<p>Hello {{ first_name }}</p>" };
    const { id } = await client.call<{ id: string }>("POST", "/v1/templates", template);
    expect((await state()).done).toEqual(["sender", "contacts", "template"]);
    await client.call("POST", `/v1/templates/${id}/test-send`, { to: "me@shop.example" });
    expect((await state()).done).toEqual(["sender", "contacts", "template", "test_send"]);
  });
});

describe("a suppressed address", () => {
  const suppress = (client: ApiClient, address: string, detail = "") =>
    client.call<Suppressed>("POST", "/v1/suppressions", { address, detail });
  const list = (client: ApiClient, query = "") =>
    client.call<Page<Suppressed>>("GET", `/v1/suppressions${query}`);

  test("is kept in its normal form, on its channel", async () => {
    const { client } = await newTenant();
    expect(await suppress(client, " Ann@Shop.EXAMPLE ", "asked by phone")).toMatchObject({
      channel: "email",
      address: "ann@shop.example",
      reason: "manual",
      detail: "asked by phone",
    });
    expect(await suppress(client, "+353 86 123 4567")).toMatchObject({
      channel: "sms",
      address: "+353861234567",
    });
  });

  test("suppressed again keeps its first reason, and the log says it once", async () => {
    const { client } = await newTenant();
    await suppress(client, "ann@shop.example", "first");
    expect(await suppress(client, "ANN@shop.example", "second")).toMatchObject({ detail: "first" });
    expect((await log(client, "?subject=ann@shop.example")).data.map((e) => e.action)).toEqual([
      "suppression.create",
    ]);
  });

  test("can be lifted, once", async () => {
    const { client } = await newTenant();
    await suppress(client, "a+b%c@shop.example");
    const path = `/v1/suppressions/${encodeURIComponent("A+b%c@shop.example")}`;
    expect((await client.send("DELETE", path)).status).toBe(204);
    expect((await list(client)).data).toEqual([]);
    expect((await client.send("DELETE", path)).status).toBe(404);
    expect((await client.send("DELETE", "/v1/suppressions/nonsense")).status).toBe(404);
  });

  test("is an address", async () => {
    const { client } = await newTenant();
    for (const address of ["", "nobody", "12", "a@b@c"]) {
      const response = await client.send("POST", "/v1/suppressions", { address });
      expect([address, response.status]).toEqual([address, 422]);
    }
  });

  test("is found by any part, where the signs of a pattern mean themselves", async () => {
    const { client } = await newTenant();
    for (const address of ["ann_lee@shop.example", "annxlee@shop.example", "bob@other.example"])
      await suppress(client, address);
    const found = async (search: string) =>
      (await list(client, `?search=${encodeURIComponent(search)}`)).data.map((s) => s.address);
    expect(await found("n_l")).toEqual(["ann_lee@shop.example"]);
    expect(await found("%")).toEqual([]);
    expect(await found("other")).toEqual(["bob@other.example"]);
  });

  test("is on exactly one page of the list", async () => {
    const { client } = await newTenant();
    const all = ["+353861234567", ...Array.from({ length: 6 }, (_, i) => `p${i}@shop.example`)];
    await Promise.all(all.map((address) => suppress(client, address)));
    const seen: string[] = [];
    let cursor: string | null = "";
    let pages = 0;
    while (cursor !== null) {
      const page: Page<Suppressed> = await list(client, `?limit=3${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.data.map((s) => s.address));
      cursor = page.next_cursor;
      pages++;
    }
    expect(pages).toBe(3);
    expect(seen.toSorted()).toEqual(all.toSorted());
  });

  test("of one workspace is written to by others", async () => {
    const [one, two] = await Promise.all([newTenant(), newTenant()]);
    await suppress(one.client, "ann@shop.example");
    expect((await list(two.client)).data).toEqual([]);
  });
});

describe("the audit log", () => {
  test("is newest first and pages without gaps", async () => {
    const { client } = await newTenant();
    for (const name of ["One", "Two", "Three"]) await client.call("PATCH", "/v1/tenant", { name });
    const whole = (await log(client)).data;
    expect(whole.map((e) => e.action)).toEqual([...Array(3).fill("tenant.update"), "tenant.create"]);
    expect(whole[0]?.after).toMatchObject({ name: "Three" });
    const first = await log(client, "?limit=2");
    const second = await log(client, `?limit=2&cursor=${first.next_cursor}`);
    expect([...first.data, ...second.data]).toEqual(whole);
    expect(second.next_cursor).toBeNull();
  });

  test.each(["nonsense", "ImFzZGYi", "%00", "bnVsbA"])(
    "refuses the cursor %j, which it never gave",
    async (cursor) => {
      const { client } = await newTenant();
      const response = await client.send("GET", `/v1/audit-log?cursor=${cursor}`);
      expect(response.status).toBe(422);
      expect(await pointersOf(response)).toEqual(["cursor"]);
    },
  );
});
