/** Contacts over the API: what is taken, what is refused, who stays left, and what is told of them. */
import { beforeAll, describe, expect, test } from "vitest";
import type { ApiClient } from "#test/support/client";
import { newTenant } from "#test/support/stack";
import { refused } from "./support/refused.ts";

type Contact = {
  id: string;
  email: string | null;
  phone: string | null;
  first_name: string;
  country: string;
  fields: Record<string, unknown>;
  tags: string[];
  email_consent: string;
  suppressed: string | null;
  source: string;
};
type Page = { data: Contact[]; next_cursor: string | null; count?: number };
type Named = { id: string; name: string; contacts: number };
type Entry = { kind: string; title: string; detail: string; at: string };

let client: ApiClient;
beforeAll(async () => {
  ({ client } = await newTenant("People"));
  for (const [key, type] of [
    ["city", "text"],
    ["age", "number"],
    ["vip", "boolean"],
    ["born", "date"],
  ])
    await client.call("POST", "/v1/fields", { key, label: key?.toUpperCase(), type });
});

const add = (body: object) => client.call<Contact>("POST", "/v1/contacts", body);
const unique = (name: string) => `${name}-${crypto.randomUUID().slice(0, 8)}@example.com`;
describe("adding", () => {
  test("everything is kept in its normal form", async () => {
    const email = unique("zoe");
    const contact = await add({
      email: `  ${email.toUpperCase()} `,
      phone: "086 123 4567",
      country: "ie",
      first_name: " Zoe\u0301\u0000 ",
      locale: "en_ie",
      time_zone: "europe/dublin",
      fields: { city: "Köln", age: 41.5, vip: true, born: "2000-02-29" },
      tags: ["VIP", "New", "vip"],
      email_consent: "subscribed",
      consent_wording: "News, please",
    });
    expect(contact).toMatchObject({
      email,
      phone: "+353861234567",
      country: "IE",
      first_name: "Zoé",
      locale: "en-IE",
      time_zone: "Europe/Dublin",
      fields: { city: "Köln", age: 41.5, vip: true, born: "2000-02-29" },
      tags: ["New", "VIP"],
      email_consent: "subscribed",
      suppressed: null,
      source: "dashboard",
    });
    expect(await client.call("GET", `/v1/contacts/${contact.id}`)).toEqual(contact);
    const { data } = await client.call<{ data: Entry[] }>("GET", `/v1/contacts/${contact.id}/timeline`);
    expect(data.map((entry) => entry.kind).sort()).toEqual(["consent", "created"]);
    expect(data.find((entry) => entry.kind === "consent")?.detail).toBe("by dashboard: News, please");
  });

  test.each<[object, string]>([
    [{}, "/email"],
    [{ email: "nonsense" }, "/email"],
    [{ email: "ada@example" }, "/email"],
    [{ phone: "12" }, "/phone"],
    [{ email: "x@example.com", locale: "english" }, "/locale"],
    [{ email: "x@example.com", time_zone: "Dublin" }, "/time_zone"],
    [{ email: "x@example.com", country: "XX" }, "/country"],
    [{ email: "x@example.com", fields: { nope: 1 } }, "/fields/nope"],
    [{ email: "x@example.com", fields: { age: "41" } }, "/fields/age"],
    [{ email: "x@example.com", fields: { vip: 1 } }, "/fields/vip"],
    [{ email: "x@example.com", fields: { born: "2001-02-29" } }, "/fields/born"],
    [{ email: "x@example.com", fields: { city: 5 } }, "/fields/city"],
  ])("%j is refused at %s", async (body, pointer) => {
    expect(await refused(add(body))).toEqual([422, [pointer]]);
  });

  test("an address belongs to one contact, however it is spelled", async () => {
    const email = unique("once");
    await add({ email });
    expect(await refused(add({ email: `<${email.toUpperCase()}>` }))).toEqual([409, ["/email"]]);
    const other = await add({ email: unique("other") });
    expect(await refused(client.call("PATCH", `/v1/contacts/${other.id}`, { email }))).toEqual([
      409,
      ["/email"],
    ]);
  });

  test("of twenty that add one address at once, one does", async () => {
    const email = unique("race");
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => client.send("POST", "/v1/contacts", { email, tags: ["race"] })),
    );
    expect(answers.map((a) => a.status).sort()).toEqual([201, ...Array(19).fill(409)]);
  });

  test("people with a phone alone are welcome", async () => {
    const contact = await add({ phone: "+49 30 901820" });
    expect(contact).toMatchObject({ email: null, phone: "+4930901820" });
  });
});

describe("changing", () => {
  test("what is not spoken of stays, null and empty take away", async () => {
    const { id } = await add({
      email: unique("p"),
      first_name: "Ada",
      phone: "+4930901820",
      fields: { city: "Cork", age: 3 },
      tags: ["a", "b"],
    });
    const patch = (body: object) => client.call<Contact>("PATCH", `/v1/contacts/${id}`, body);
    expect(await patch({ fields: { age: null } })).toMatchObject({
      first_name: "Ada",
      fields: { city: "Cork" },
      tags: ["a", "b"],
    });
    expect(await patch({ phone: null, first_name: "", tags: ["b", "c"] })).toMatchObject({
      phone: null,
      first_name: "",
      tags: ["b", "c"],
    });
    expect(await refused(patch({ email: null }))).toEqual([422, ["/email"]]);
  });

  test("two that change different fields at once both have their way", async () => {
    const { id } = await add({ email: unique("both") });
    const values = { city: "Cork", age: 7, vip: true, born: "1999-01-01" };
    await Promise.all(
      Object.entries(values).map(([key, value]) =>
        client.call("PATCH", `/v1/contacts/${id}`, { fields: { [key]: value } }),
      ),
    );
    expect((await client.call<Contact>("GET", `/v1/contacts/${id}`)).fields).toEqual(values);
  });

  test("values of a field that was removed go with the next write", async () => {
    await client.call("POST", "/v1/fields", { key: "brief", label: "Brief", type: "text" });
    const { id } = await add({ email: unique("brief"), fields: { brief: "x", city: "Cork" } });
    await client.call("DELETE", "/v1/fields/brief");
    const changed = await client.call<Contact>("PATCH", `/v1/contacts/${id}`, { fields: { age: 1 } });
    expect(changed.fields).toEqual({ city: "Cork", age: 1 });
  });
});

describe("lists of contacts", () => {
  test("pages, counts, search and filters", async () => {
    const { client } = await newTenant("Pages");
    const ids: string[] = [];
    for (let i = 0; i < 7; i++)
      ids.push(
        (
          await client.call<Contact>("POST", "/v1/contacts", {
            email: `p${i}@example.com`,
            first_name: i < 2 ? "Zoé" : "Bo",
            tags: i % 2 ? ["odd"] : [],
            email_consent: i < 3 ? "subscribed" : "none",
          })
        ).id,
      );
    const get = (query: string) => client.call<Page>("GET", `/v1/contacts?${query}`);
    const seen: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: Page = await get(`limit=3${cursor ? `&cursor=${cursor}` : ""}`);
      seen.push(...page.data.map((c) => c.id));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual([...ids].reverse());
    expect(await get("limit=1&count=exact&consent=subscribed")).toMatchObject({
      count: 3,
      data: [{ id: ids[2] }],
    });
    expect((await get("limit=1")).count).toBeUndefined();
    expect((await get("search=zoe")).data.map((c) => c.id)).toEqual([ids[1], ids[0]]);
    const { data: tags } = await client.call<{ data: Named[] }>("GET", "/v1/tags");
    expect(tags).toMatchObject([{ name: "odd", contacts: 3 }]);
    expect((await get(`tag=${tags[0]?.id}&count=exact`)).count).toBe(3);
    expect((await client.send("GET", "/v1/contacts?cursor=forged")).status).toBe(422);
    expect((await client.send("GET", "/v1/contacts?limit=101")).status).toBe(422);
    expect((await client.send("GET", "/v1/contacts?segment=seg_01m825qb22f54rkkv7webmw8ka")).status).toBe(
      404,
    );
  });
});

test("every write is on record with who did it, before and after", async () => {
  const { client, userId } = await newTenant("Audited");
  const contact = await client.call<Contact>("POST", "/v1/contacts", { email: "a@example.com" });
  await client.call("PATCH", `/v1/contacts/${contact.id}`, { first_name: "Ada" });
  await client.call("DELETE", `/v1/contacts/${contact.id}`);
  const { data } = await client.call<{
    data: { action: string; actor: string; subject: string; before: Contact | null; after: Contact | null }[];
  }>("GET", "/v1/audit-log?limit=10");
  const mine = data.filter((row) => row.subject === contact.id);
  expect(mine.map((row) => [row.action, row.before?.first_name, row.after?.first_name])).toEqual([
    ["contact.delete", "Ada", undefined],
    ["contact.update", "", "Ada"],
    ["contact.create", undefined, ""],
  ]);
  expect(JSON.stringify(mine)).toContain(userId);
});
