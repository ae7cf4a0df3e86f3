/** Imports on a real MySQL: what becomes of rows, and that twice, half or at once is the same as once. */
import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { proofsOf } from "#db/repos/consents";
import { type Contact, contactByEmail, insertContact, updateContact } from "#db/repos/contacts";
import { insertField } from "#db/repos/fields";
import { listImportErrors } from "#db/repos/imports";
import { getList, insertList } from "#db/repos/lists";
import { suppress } from "#db/repos/suppressions";
import { listTags } from "#db/repos/tags";
import { suppressions } from "#db/schema/contacts";
import type { TenantDb } from "#db/scope";
import type { ConsentStatus } from "#domain/contact/consent";
import { noFacts } from "#domain/contact/contact";
import { encoded } from "#test/support/memory-bucket";
import { newId } from "#test/support/scope";
import { countOf, peopleLines, runToEnd, startedImport, workshop } from "./support/imports.ts";

const now = new Date("2026-11-01T00:00:00.000Z");

async function addPerson(scope: TenantDb, email: string, more: Partial<Contact> = {}) {
  const { tags: _tags, suppressed: _suppressed, ...given } = more;
  const row = {
    ...noFacts,
    id: newId("ctc"),
    email,
    fields: {},
    emailConsent: "none" as ConsentStatus,
    smsConsent: "none" as ConsentStatus,
    source: "api",
    createdAt: now,
    updatedAt: now,
    ...given,
  };
  await insertContact(scope, row);
  return row.id;
}

async function found(scope: TenantDb, email: string): Promise<Contact> {
  const contact = await contactByEmail(scope, email);
  if (!contact) throw new Error(`${email} is not there`);
  return contact;
}

describe("what becomes of rows", () => {
  test("people with fields, tags, list and proof of consent", async () => {
    const shop = workshop();
    const { scope } = shop;
    await insertField(scope, { key: "born", label: "Born", type: "date", createdAt: now });
    await insertField(scope, { key: "spent", label: "Spent", type: "number", createdAt: now });
    const list = { id: newId("lst"), name: "News", createdAt: now };
    await insertList(scope, list);
    const file =
      '\ufeffE-Mail;Vorname;Nachname;Land;Telefon;Geburtstag;Umsatz;Tags\r\nZoe@Müller.DE;Zoé;"O\'Brien; ""Zo"""; Irland ;086 123 4567;29.02.2000;"1.234,5";VIP|Neu\r\n';
    const id = await startedImport(shop, encoded(file), {
      mapping: [
        "email",
        "first_name",
        "last_name",
        "country",
        "phone",
        "fields.born",
        "fields.spent",
        "tags",
      ],
      email_consent: "subscribed",
      consent_wording: "Yes to news",
      tags: ["2026"],
      list_id: list.id,
    });
    expect(await runToEnd(shop, id)).toMatchObject({ state: "completed", rowsRead: 1, rowsCreated: 1 });
    const zoe = await found(scope, "zoe@xn--mller-kva.de");
    expect(zoe).toMatchObject({
      firstName: "Zoé",
      lastName: 'O\'Brien; "Zo"',
      country: "IE",
      phone: "+353861234567",
      fields: { born: "2000-02-29", spent: 1234.5 },
      tags: ["2026", "Neu", "VIP"],
      emailConsent: "subscribed",
      source: "import",
    });
    expect(await proofsOf(scope, zoe.id, 10)).toMatchObject([
      { status: "subscribed", channel: "email", source: `import ${id}`, wording: "Yes to news" },
    ]);
    expect((await getList(scope, list.id))?.contacts).toBe(1);
    expect((await listTags(scope)).map((tag) => [tag.name, tag.contacts])).toEqual([
      ["2026", 1],
      ["Neu", 1],
      ["VIP", 1],
    ]);
  });

  test("every row that is no contact is on record with its line and reason", async () => {
    const shop = workshop();
    const file = [
      "email,name", // line 1
      "ada@example.com,Ada",
      "",
      "not an address,x",
      ',"no address,\nat all"', // lines 5 and 6
      "ADA@example.com,again",
      "bob@example.com,Bob,too,many",
      '"broken"quote@example.com,x',
      `${"a".repeat(300)}@example.com,long`,
      "cy@example.com,\u0000Cy\u202e",
    ].join("\r\n");
    const id = await startedImport(shop, encoded(file));
    expect(await runToEnd(shop, id)).toEqual({
      state: "completed",
      failure: "",
      rowsRead: 8,
      rowsCreated: 2,
      rowsUpdated: 0,
      rowsUnchanged: 0,
      rowsRejected: 6,
    });
    const errors = await listImportErrors(shop.scope, id, { limit: 100 });
    expect(errors.map((e) => [e.line, e.reason])).toEqual([
      [4, "invalid_email"],
      [5, "no_email"],
      [7, "repeated_in_file"],
      [8, "too_many_columns"],
      [9, "broken_quotes"],
      [10, "invalid_email"],
    ]);
    expect(errors[2]?.detail).toContain("line 2");
    expect(errors[1]?.row).toEqual(["", "no address,\nat all"]);
    expect((await found(shop.scope, "cy@example.com")).firstName).toBe("Cy\u202e");
  });

  test("a repetition is one however far from the first it stands, and the first row counts", async () => {
    const shop = workshop();
    const file = `email,first name\n${peopleLines(2_500)}person3@example.com,Late\n${peopleLines(1_000, 2_000)}`;
    const id = await startedImport(shop, encoded(file));
    expect(await runToEnd(shop, id)).toMatchObject({
      rowsRead: 3_501,
      rowsCreated: 3_000,
      rowsRejected: 501,
    });
    expect((await found(shop.scope, "person3@example.com")).firstName).toBe("Name 3");
    expect(await countOf(shop.scope, "contacts")).toBe(3_000);
  });

  test("the same file again changes nothing", async () => {
    const shop = workshop();
    const file = encoded(`email,first name\n${peopleLines(1_200)}`);
    await runToEnd(shop, await startedImport(shop, file));
    const before = await found(shop.scope, "person7@example.com");
    shop.clockMs += 60_000;
    const again = await runToEnd(shop, await startedImport(shop, file));
    expect(again).toMatchObject({ rowsCreated: 0, rowsUpdated: 0, rowsUnchanged: 1_200, rowsRejected: 0 });
    expect(await found(shop.scope, "person7@example.com")).toEqual(before);
  });

  test("known people are changed, filled or left, as was chosen", async () => {
    const shop = workshop();
    const { scope } = shop;
    const file = encoded("email,first name,last name\nada@example.com,Augusta,King\n");
    for (const [update, expected] of [
      ["skip", { firstName: "Ada", lastName: "" }],
      ["fill", { firstName: "Ada", lastName: "King" }],
      ["overwrite", { firstName: "Augusta", lastName: "King" }],
    ] as const) {
      const known = await contactByEmail(scope, "ada@example.com");
      const id = known?.id ?? (await addPerson(scope, "ada@example.com"));
      await updateContact(scope, id, { firstName: "Ada", lastName: "" });
      const end = await runToEnd(shop, await startedImport(shop, file, { update, tags: [update] }));
      expect(end).toMatchObject(update === "skip" ? { rowsUnchanged: 1 } : { rowsUpdated: 1 });
      const ada = await found(scope, "ada@example.com");
      expect(ada).toMatchObject({ ...expected, id, source: "api", createdAt: now });
      // Tags and lists are for everyone in the file, also for people whose values are left alone.
      expect(ada.tags).toContain(update);
    }
  });

  test("nobody who left is brought back, and suppressed addresses stay so", async () => {
    const shop = workshop();
    const { scope } = shop;
    const gone = await addPerson(scope, "gone@example.com", { emailConsent: "unsubscribed" });
    await addPerson(scope, "open@example.com", { emailConsent: "none" });
    const already = await addPerson(scope, "already@example.com", { emailConsent: "subscribed" });
    const bounced = {
      channel: "email",
      address: "bounced@example.com",
      reason: "bounced",
      detail: "",
      createdAt: now,
    } as const;
    await suppress(scope, bounced);
    const file = "email\ngone@example.com\nopen@example.com\nalready@example.com\nbounced@example.com\n";
    const id = await startedImport(shop, encoded(file), {
      email_consent: "subscribed",
      consent_wording: "Yes",
    });
    await runToEnd(shop, id);
    expect((await found(scope, "gone@example.com")).emailConsent).toBe("unsubscribed");
    expect((await found(scope, "open@example.com")).emailConsent).toBe("subscribed");
    expect((await found(scope, "bounced@example.com")).suppressed).toBe("bounced");
    expect(await proofsOf(scope, gone, 10)).toEqual([]);
    expect(await proofsOf(scope, already, 10)).toEqual([]);
    expect(await scope.select(suppressions, eq(suppressions.address, bounced.address))).toHaveLength(1);
  });

  test("a file of a header alone, and one of nothing but empty lines, end well", async () => {
    for (const text of ["email,name\n", "email,name", "email,name\n\n\n \n"]) {
      const shop = workshop();
      expect(await runToEnd(shop, await startedImport(shop, encoded(text)))).toMatchObject({
        state: "completed",
        rowsRead: 0,
      });
    }
  });

  test.each(["utf-8", "utf-16le", "utf-16be", "windows-1252"] as const)("a file in %s", async (encoding) => {
    const shop = workshop();
    const file = encoded(`email;Vorname\r\n${"x@example.com;Zoé\r\n"}y@example.com;Jürgen`, encoding);
    expect(await runToEnd(shop, await startedImport(shop, file))).toMatchObject({
      rowsCreated: 2,
      rowsRead: 2,
    });
    expect((await found(shop.scope, "y@example.com")).firstName).toBe("Jürgen");
  });
});
