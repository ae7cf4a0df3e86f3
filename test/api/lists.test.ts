/** Fields, tags and lists over the API: names are taken once, people go in and out, strangers stay outside. */
import { beforeAll, expect, test } from "vitest";
import type { ApiClient } from "#test/support/client";
import { newTenant } from "#test/support/stack";
import { refused } from "./support/refused.ts";

type Named = { id: string; name: string; contacts: number };

let client: ApiClient;
beforeAll(async () => {
  ({ client } = await newTenant("Lists"));
  await client.call("POST", "/v1/fields", { key: "city", label: "City", type: "text" });
});
const person = (name: string) =>
  client.call<{ id: string }>("POST", "/v1/contacts", { email: `${name}@example.com` });

test("a field's key is taken once", async () => {
  expect(await refused(client.call("POST", "/v1/fields", { key: "city", label: "x", type: "text" }))).toEqual(
    [409, ["/key"]],
  );
  expect(
    await refused(client.call("POST", "/v1/fields", { key: "Bad Key", label: "x", type: "text" })),
  ).toEqual([422, ["/key"]]);
  expect((await client.send("DELETE", "/v1/fields/unheard_of")).status).toBe(404);
});

test("tags and lists take people in and let them go, and refuse strangers", async () => {
  const people = [await person("l1"), await person("l2")].map((c) => c.id);
  const stranger = "ctc_01m825qb22f54rkkv7webmw8ka";
  for (const noun of ["tags", "lists"]) {
    const { id } = await client.call<Named>("POST", `/v1/${noun}`, { name: `My ${noun}` });
    const change = (body: object) => client.send("POST", `/v1/${noun}/${id}/contacts`, body);
    const size = async () =>
      (await client.call<{ data: Named[] }>("GET", `/v1/${noun}`)).data.find((x) => x.id === id)?.contacts;
    expect((await change({ add: people })).status).toBe(204);
    expect((await change({ add: people })).status).toBe(204);
    expect(await size()).toBe(2);
    expect((await change({ add: [stranger] })).status).toBe(422);
    expect((await change({ remove: [people[0], stranger] })).status).toBe(204);
    expect(await size()).toBe(1);
    expect(await refused(client.call("POST", `/v1/${noun}`, { name: `my ${noun}` }))).toEqual([
      409,
      ["/name"],
    ]);
    expect((await client.send("DELETE", `/v1/${noun}/${id}`)).status).toBe(204);
    expect((await client.send("DELETE", `/v1/${noun}/${id}`)).status).toBe(404);
  }
});

test("a list that a waiting campaign needs cannot be deleted", async () => {
  const list = await client.call<Named>("POST", "/v1/lists", { name: "Needed" });
  const audience = { everyone: true, exclude_lists: [list.id] };
  const campaign = await client.call<{ id: string }>("POST", "/v1/campaigns", { name: "Spring", audience });
  expect(await refused(client.call("DELETE", `/v1/lists/${list.id}`))).toEqual([409, []]);
  await client.call("DELETE", `/v1/campaigns/${campaign.id}`);
  expect((await client.send("DELETE", `/v1/lists/${list.id}`)).status).toBe(204);
});

test("a list is renamed, but not to a name that is taken", async () => {
  const [a] = [
    await client.call<Named>("POST", "/v1/lists", { name: "A" }),
    await client.call<Named>("POST", "/v1/lists", { name: "B" }),
  ];
  expect(await client.call("PATCH", `/v1/lists/${a.id}`, { name: "A2" })).toMatchObject({
    name: "A2",
    contacts: 0,
  });
  expect(await refused(client.call("PATCH", `/v1/lists/${a.id}`, { name: "B" }))).toEqual([409, ["/name"]]);
});
