/** Finding people, their tags and lists, on a real MySQL. */
import { beforeAll, describe, expect, test } from "vitest";
import { countContacts, listContacts } from "#db/repos/contact-search";
import { type ContactRow, contactByEmail, deleteContact, insertContact } from "#db/repos/contacts";
import { addToList, deleteList, getList, insertList } from "#db/repos/lists";
import { addTags, deleteTag, ensureTags, listTags, replaceTags } from "#db/repos/tags";
import type { TenantDb } from "#db/scope";
import { noFacts } from "#domain/contact/contact";
import type { ContactId } from "#domain/ids";
import { newId, newScope } from "#test/support/scope";
import { countOf } from "./support/imports.ts";

const now = new Date("2026-11-22T10:00:00.000Z");

async function add(scope: TenantDb, facts: Partial<ContactRow>): Promise<ContactId> {
  const id = newId("ctc");
  const rest = {
    emailConsent: "none",
    smsConsent: "none",
    source: "api",
    createdAt: now,
    updatedAt: now,
  } as const;
  await insertContact(scope, { ...noFacts, id, fields: {}, ...rest, ...facts });
  return id;
}

describe("search by beginnings", () => {
  let scope: TenantDb;
  const ids: Record<string, ContactId> = {};
  beforeAll(async () => {
    scope = newScope();
    ids.ada = await add(scope, {
      email: "ada@example.com",
      firstName: "Ada",
      lastName: "Lovelace",
      phone: "+353861234567",
    });
    ids.zoe = await add(scope, { email: "zoe_b@example.com", firstName: "Zoé", lastName: "Ada" });
    ids.percent = await add(scope, { email: "percent%x@example.com", firstName: "100%", lastName: "\\back" });
    ids.phone = await add(scope, { phone: "+4930901820" });
  });

  test.each([
    ["ada", ["zoe", "ada"]],
    ["ADA@", ["ada"]],
    ["love", ["ada"]],
    ["zoe", ["zoe"]],
    ["zoé", ["zoe"]],
    ["zoe_", ["zoe"]],
    ["zoex", []],
    ["z_e", []],
    ["100%", ["percent"]],
    ["%", []],
    ["\\", ["percent"]],
    ["\\b", ["percent"]],
    ["Ada Love", ["ada"]],
    ["Ada  Zz", []],
    ["+353 86", ["ada"]],
    ["353", ["ada"]],
    ["(49) 30-90", ["phone"]],
    ["'", []],
  ])("%j", async (search, expected) => {
    const filter = { search, now };
    const found = await listContacts(scope, filter, { limit: 10 });
    expect(found.map((contact) => contact.id)).toEqual(expected.map((name) => ids[name]));
    expect(await countContacts(scope, filter)).toBe(expected.length);
  });

  test("pages are the whole, in order, each person once", async () => {
    const seen: ContactId[] = [];
    for (let before: ContactId | undefined; ; before = seen.at(-1)) {
      const page = await listContacts(scope, { now }, { before, limit: 3 });
      seen.push(...page.map((contact) => contact.id));
      if (page.length < 3) break;
    }
    expect(seen).toEqual([ids.phone, ids.percent, ids.zoe, ids.ada]);
  });

  test("where thousands begin alike, the newest come first all the same", async () => {
    const crowded = newScope();
    const wanted: ContactId[] = [];
    for (let i = 0; i < 1_100; i += 100)
      await Promise.all(
        Array.from({ length: 100 }, (_, k) =>
          add(crowded, { email: `same${i + k}@example.com`, firstName: "Other" }),
        ),
      );
    wanted.push(
      await add(crowded, { email: "same-a@example.com" }),
      await add(crowded, { email: "same-b@example.com" }),
    );
    const found = await listContacts(crowded, { search: "same", now }, { limit: 2 });
    expect(found.map((contact) => contact.id)).toEqual(wanted.reverse());
    expect(await countContacts(crowded, { search: "same", now })).toBe(1_102);
    const rest = await listContacts(crowded, { search: "same-a", now }, { limit: 2 });
    expect(rest).toHaveLength(1);
  });
});

test("filters join: tag, list, consent and rule", async () => {
  const scope = newScope();
  const [a, b, c] = [
    await add(scope, { email: "a@example.com", emailConsent: "subscribed", country: "IE" }),
    await add(scope, { email: "b@example.com", emailConsent: "subscribed", country: "DE" }),
    await add(scope, { email: "c@example.com", country: "IE" }),
  ];
  const tag = (await ensureTags(scope, ["VIP"], newId, now)).get("VIP");
  const list = newId("lst");
  await insertList(scope, { id: list, name: "News", createdAt: now });
  if (!tag) throw new Error("no tag");
  await addTags(scope, [
    [a, tag],
    [c, tag],
  ]);
  await addToList(scope, list, [a, b, c], now);
  const find = async (filter: object) =>
    (await listContacts(scope, { now, ...filter }, { limit: 10 }))
      .map((contact) => contact.email?.[0])
      .join("");
  expect(await find({ tag })).toBe("ca");
  expect(await find({ list })).toBe("cba");
  expect(await find({ consent: "subscribed", list })).toBe("ba");
  expect(await find({ tag, consent: "subscribed" })).toBe("a");
  expect(await find({ rule: { kind: "text", field: "country", op: "is", value: "ie" }, list })).toBe("ca");
  expect(await find({ tag, search: "c@" })).toBe("c");
});

describe("tags", () => {
  test("names that the database holds for one are one tag, whoever asks", async () => {
    const scope = newScope();
    const asked = ["Café", "cafe", "CAFÉ", "tea", "Tea ", "'--", "😀"];
    const first = await ensureTags(scope, asked, newId, now);
    expect([...first.keys()]).toEqual(expect.arrayContaining(asked));
    expect(first.get("Café")).toBe(first.get("cafe"));
    expect(first.get("Café")).toBe(first.get("CAFÉ"));
    expect(await ensureTags(scope, ["café"], newId, now)).toEqual(new Map([["café", first.get("Café")]]));
    expect(new Set(first.values()).size).toBe((await listTags(scope)).length);
  });

  test("two writers that make the same tags at once agree on them", async () => {
    const scope = newScope();
    const names = Array.from({ length: 30 }, (_, i) => `tag ${i}`);
    const made = await Promise.all([1, 2, 3].map(() => ensureTags(scope, names, newId, now)));
    expect(made[1]).toEqual(made[0]);
    expect(made[2]).toEqual(made[0]);
  });

  test("are replaced as a whole, and go from everyone when deleted", async () => {
    const scope = newScope();
    const id = await add(scope, { email: "a@example.com" });
    const tags = await ensureTags(scope, ["x", "y", "z"], newId, now);
    const [x, y, z] = ["x", "y", "z"].map((name) => tags.get(name));
    if (!x || !y || !z) throw new Error("no tags");
    await replaceTags(scope, id, [x, y]);
    await replaceTags(scope, id, [y, z]);
    expect((await contactByEmail(scope, "a@example.com"))?.tags).toEqual(["y", "z"]);
    expect(await deleteTag(scope, y)).toBe(true);
    expect((await contactByEmail(scope, "a@example.com"))?.tags).toEqual(["z"]);
    expect(await deleteTag(scope, y)).toBe(false);
    await replaceTags(scope, id, []);
    expect(await countOf(scope, "contact_tags")).toBe(0);
  });
});

test("deleting a person takes them off lists and tags; deleting a list leaves its people", async () => {
  const scope = newScope();
  const [a, b] = [await add(scope, { email: "a@example.com" }), await add(scope, { email: "b@example.com" })];
  const list = newId("lst");
  await insertList(scope, { id: list, name: "News", createdAt: now });
  await addToList(scope, list, [a, b, a], now);
  const tag = (await ensureTags(scope, ["t"], newId, now)).get("t");
  if (tag) await addTags(scope, [[a, tag]]);
  expect(await deleteContact(scope, a)).toBe(true);
  expect((await getList(scope, list))?.contacts).toBe(1);
  expect(await countOf(scope, "contact_tags")).toBe(0);
  expect(await deleteList(scope, list)).toBe(true);
  expect(await countOf(scope, "list_members")).toBe(0);
  expect(await contactByEmail(scope, "b@example.com")).toBeDefined();
});
