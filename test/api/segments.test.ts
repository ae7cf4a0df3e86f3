/** Segments over the API: saved, counted, described, used, and kept from those who still need them. */
import { beforeAll, describe, expect, test } from "vitest";
import type { ApiClient } from "#test/support/client";
import { newTenant } from "#test/support/stack";

type Segment = { id: string; name: string; count: number | null; description: string; rule: object };
type Preview = { count: number; mailable: number; description: string; sample: { email: string }[] };

let client: ApiClient;
let vip: string;
let news: string;
beforeAll(async () => {
  ({ client } = await newTenant("Segments"));
  await client.call("POST", "/v1/fields", { key: "orders", label: "Orders", type: "number" });
  const people = [
    {
      email: "ie1@example.com",
      country: "IE",
      fields: { orders: 5 },
      tags: ["VIP"],
      email_consent: "subscribed",
    },
    { email: "ie2@example.com", country: "IE", fields: { orders: 1 } },
    { email: "de1@example.com", country: "DE", fields: { orders: 9 }, email_consent: "subscribed" },
    { phone: "+353861234567", country: "IE" },
  ];
  const ids: string[] = [];
  for (const person of people)
    ids.push((await client.call<{ id: string }>("POST", "/v1/contacts", person)).id);
  vip = (await client.call<{ data: { id: string }[] }>("GET", "/v1/tags")).data[0]?.id ?? "";
  news = (await client.call<{ id: string }>("POST", "/v1/lists", { name: "News" })).id;
  await client.call("POST", `/v1/lists/${news}/contacts`, { add: [ids[2]] });
});

const irish = { kind: "text", field: "country", op: "is", value: "ie" };
const save = (name: string, rule: object) => client.call<Segment>("POST", "/v1/segments", { name, rule });
const preview = (rule: object) => client.call<Preview>("POST", "/v1/segments/preview", { rule });

test("a rule is counted, described and sampled before it is saved", async () => {
  expect(await preview(irish)).toMatchObject({
    count: 3,
    mailable: 1,
    description: "People whose country is “ie”.",
  });
  const rule = {
    kind: "all",
    of: [
      irish,
      { kind: "number", field: "fields.orders", op: "gte", value: 2 },
      { kind: "tag", tag: vip, has: true },
    ],
  };
  const found = await preview(rule);
  expect(found).toMatchObject({
    count: 1,
    mailable: 1,
    description: "People whose country is “ie” and whose “Orders” is at least 2 and who have the tag “VIP”.",
  });
  expect(found.sample.map((c) => c.email)).toEqual(["ie1@example.com"]);
  expect(await preview({ kind: "list", list: news, in: false })).toMatchObject({ count: 3 });
});

describe("saving", () => {
  test("keeps rule and count; the count follows the people", async () => {
    const saved = await save("Irish", irish);
    expect(saved).toMatchObject({ name: "Irish", count: 3, rule: irish });
    await client.call("POST", "/v1/contacts", { email: "ie3@example.com", country: "IE" });
    expect(await client.call("GET", `/v1/segments/${saved.id}`)).toMatchObject({ count: 4 });
    const { data } = await client.call<{ data: Segment[] }>("GET", "/v1/segments");
    expect(data.find((s) => s.id === saved.id)?.count).toBe(4);
    expect(
      (await client.call<{ data: object[] }>("GET", `/v1/contacts?segment=${saved.id}`)).data,
    ).toHaveLength(4);
    const changed = await client.call<Segment>("PATCH", `/v1/segments/${saved.id}`, {
      rule: { kind: "none", of: [irish] },
    });
    expect(changed).toMatchObject({
      name: "Irish",
      count: 1,
      description: "Everyone except people whose country is “ie”.",
    });
  });

  test("a name is taken once", async () => {
    const first = await save("Twice", irish);
    expect((await client.send("POST", "/v1/segments", { name: "TWICE", rule: irish })).status).toBe(409);
    await save("Other", irish);
    expect((await client.send("PATCH", `/v1/segments/${first.id}`, { name: "other" })).status).toBe(409);
  });

  const nested = (depth: number): object => (depth === 0 ? irish : { kind: "all", of: [nested(depth - 1)] });
  test.each<[string, unknown]>([
    ["no rule", undefined],
    ["an unknown condition", { kind: "horoscope", sign: "leo" }],
    ["a value of the wrong type", { ...irish, value: 5 }],
    ["an unknown field", { ...irish, field: "password" }],
    ["SQL for a field", { ...irish, field: "fields.x') or 1=1 -- " }],
    ["a date that is none", { kind: "date", field: "created_at", op: "on", value: "2026-02-30" }],
    ["groups six deep", nested(6)],
    ["a hundred and one conditions", { kind: "any", of: Array(101).fill(irish) }],
  ])("%s is refused", async (_what, rule) => {
    expect((await client.send("POST", "/v1/segments", { name: "Bad", rule })).status).toBe(422);
    expect((await client.send("POST", "/v1/segments/preview", { rule })).status).toBe(422);
  });

  test("the largest rule there may be is answered", async () => {
    const rule = {
      kind: "any",
      of: Array.from({ length: 100 }, (_, i) => ({
        kind: "text",
        field: "email",
        op: "contains",
        value: `ie${i}'"\\%_`,
      })),
    };
    expect(await preview(rule)).toMatchObject({ count: 0 });
    expect(await preview(nested(5))).toMatchObject({ count: expect.any(Number) });
  });
});

test("a segment that a waiting campaign needs cannot be deleted", async () => {
  const { id } = await save("Needed", irish);
  const audience = { segments: [id] };
  const campaign = await client.call<{ id: string }>("POST", "/v1/campaigns", { name: "Spring", audience });
  const answer = await client.send("DELETE", `/v1/segments/${id}`);
  expect([answer.status, ((await answer.json()) as { detail: string }).detail]).toEqual([
    409,
    "This segment is used by the campaign Spring.",
  ]);
  await client.call("DELETE", `/v1/campaigns/${campaign.id}`);
  expect((await client.send("DELETE", `/v1/segments/${id}`)).status).toBe(204);
});
