/** How a file is read, guessed from its beginning: encoding, separator, header, and where each column goes. */
import { describe, expect, test } from "vitest";
import { countBytes, emptyCensus } from "#domain/contact/csv-encoding";
import type { FieldDefinition } from "#domain/contact/fields";
import { previewOf } from "#domain/contact/import-preview";
import { encoded } from "#test/support/memory-bucket";

const plan: FieldDefinition = { key: "plan", label: "Abo-Modell", type: "text" };
const preview = (bytes: Uint8Array, fields: FieldDefinition[] = []) =>
  previewOf(bytes, countBytes(emptyCensus, bytes), fields);
const people = "email;first name\r\nzoé@müller.de;Zoé\r\nada@example.com;Ada\r\n";

describe("encoding", () => {
  test.each([
    ["UTF-8", encoded(people), "utf-8"],
    ["UTF-8 with a byte-order mark", encoded(`\ufeff${people}`), "utf-8"],
    ["UTF-16LE with a byte-order mark", encoded(`\ufeff${people}`, "utf-16le"), "utf-16le"],
    ["UTF-16BE with a byte-order mark", encoded(`\ufeff${people}`, "utf-16be"), "utf-16be"],
    ["UTF-16LE without a mark", encoded(people, "utf-16le"), "utf-16le"],
    ["UTF-16BE without a mark", encoded(people, "utf-16be"), "utf-16be"],
    ["Windows-1252", encoded(people, "windows-1252"), "windows-1252"],
  ] as const)("%s is recognised and read", (_name, bytes, encoding) => {
    const { rows, ...seen } = preview(bytes);
    expect(seen.encoding).toBe(encoding);
    expect(seen.columns).toEqual(["email", "first name"]);
    expect(rows[0]).toEqual(["zoé@müller.de", "Zoé"]);
  });

  test("a letter that comes after megabytes of ASCII still decides", () => {
    const head = encoded(`email,name\n${"ada@example.com,Ada\n".repeat(20_000)}`);
    const seen = (tail: Uint8Array) =>
      previewOf(head.subarray(0, 256 * 1024), [head, tail].reduce(countBytes, emptyCensus), []).encoding;
    expect(seen(encoded("zoe@example.com,Zoé\n"))).toBe("utf-8");
    expect(seen(encoded("zoe@example.com,Zoé\n", "windows-1252"))).toBe("windows-1252");
  });

  test("the count does not depend on where chunks are cut", () => {
    const bytes = encoded("aé😀ß€".repeat(50));
    const whole = countBytes(emptyCensus, bytes);
    for (let size = 1; size < 9; size++) {
      let census = emptyCensus;
      for (let at = 0; at < bytes.length; at += size)
        census = countBytes(census, bytes.subarray(at, at + size));
      expect(census).toEqual(whole);
    }
    expect(whole).toMatchObject({ multibyte: 200, invalid: 0, owed: 0 });
  });

  test("one damaged byte does not turn a UTF-8 file into a Windows one", () => {
    const bytes = encoded(`email,name\n${"zoe@example.com,Zoé Müller\n".repeat(20)}`);
    bytes[40] = 0xff;
    expect(preview(bytes).encoding).toBe("utf-8");
  });

  test("NUL bytes in a text file do not make it UTF-16", () => {
    expect(preview(encoded("email,name\nada@example.com,A\0da\nbob@example.com,Bob\n")).encoding).toBe(
      "utf-8",
    );
  });
});

describe("separator", () => {
  const table = (separator: string) =>
    ["email", "name", "note"].join(separator) +
    "\n" +
    ["ada@example.com", "Ada", "x, y; z"].join(separator) +
    "\n";
  test.each([",", ";", "\t", "|"])("%j", (separator) => {
    const quoted = table(separator).replace("x, y; z", '"x, y; z"');
    expect(preview(encoded(quoted)).delimiter).toBe(separator);
  });

  test("commas inside of names do not beat the semicolon that separates", () => {
    const text = `name;email\n${"Lovelace, Ada;ada@example.com\n".repeat(30)}`;
    expect(preview(encoded(text))).toMatchObject({ delimiter: ";", columns: ["name", "email"] });
  });

  test("decimal commas do not beat the tab", () => {
    const text = `email\tspent\n${"ada@example.com\t1,5\n".repeat(30)}`;
    expect(preview(encoded(text)).delimiter).toBe("\t");
  });

  test("Excel's sep= line names it and is no row", () => {
    const seen = preview(encoded("sep=;\r\nemail;name\r\nada@example.com;Ada\r\n"));
    expect(seen).toMatchObject({
      delimiter: ";",
      columns: ["email", "name"],
      rows: [["ada@example.com", "Ada"]],
    });
  });

  test("a file of one column has none, and still reads", () => {
    expect(preview(encoded("ada@example.com\nbob@example.com\n"))).toMatchObject({
      delimiter: ",",
      has_header: false,
      columns: ["Column 1"],
      mapping: ["email"],
    });
  });
});

describe("header", () => {
  test("a first row with an address is a person", () => {
    const seen = preview(encoded("ada@example.com,Ada\nbob@example.com,Bob\n"));
    expect(seen).toMatchObject({
      has_header: false,
      columns: ["Column 1", "Column 2"],
      mapping: ["email", "skip"],
    });
    expect(seen.rows).toHaveLength(2);
  });

  test("equal names are numbered, missing ones made up", () => {
    const seen = preview(encoded("email,email,,note,note (2),note\na@example.com,b@example.com,,,,\n"));
    expect(seen.columns).toEqual(["email", "email (2)", "Column 3", "note", "note (2)", "note (3)"]);
    expect(seen.mapping).toEqual(["email", "skip", "skip", "skip", "skip", "skip"]);
  });

  test("empty lines before the header are passed over", () => {
    expect(preview(encoded("\r\n\r\nemail,name\r\nada@example.com,Ada\r\n")).columns).toEqual([
      "email",
      "name",
    ]);
  });

  test("names may be in quotes with line ends in them", () => {
    expect(preview(encoded('"E-Mail\nadresse","Vor\nname"\nada@example.com,Ada\n'))).toMatchObject({
      columns: ["E-Mail adresse", "Vor name"],
      mapping: ["email", "first_name"],
    });
  });
});

describe("where columns go", () => {
  test.each([
    [
      "E-Mail-Adresse;Vorname;Nachname;Land;Telefonnummer",
      ["email", "first_name", "last_name", "country", "phone"],
    ],
    ["Courriel;Prénom;Nom;Pays;Téléphone portable", ["email", "first_name", "last_name", "country", "phone"]],
    [
      "Correo electrónico;Nombre;Apellidos;País;Móvil",
      ["email", "first_name", "last_name", "country", "phone"],
    ],
    [
      "Indirizzo e-mail;Nome;Cognome;Paese;Cellulare",
      ["email", "first_name", "last_name", "country", "phone"],
    ],
    ["e-mailadres;voornaam;achternaam;land;mobiel", ["email", "first_name", "last_name", "country", "phone"]],
    ["Adres e-mail;Imię;Nazwisko;Kraj;Telefon", ["email", "first_name", "last_name", "country", "phone"]],
    [
      "Электронная почта;Имя;Фамилия;Страна;Телефон",
      ["email", "first_name", "last_name", "country", "phone"],
    ],
    [
      "EMAIL_ADDRESS;FULL NAME;Language;Time Zone;Tags",
      ["email", "full_name", "locale", "time_zone", "tags"],
    ],
    ["Vorname;Name;E-Mail;Abo-Modell;unknown", ["first_name", "last_name", "email", "fields.plan", "skip"]],
  ])("%s", (header, mapping) => {
    expect(preview(encoded(`${header}\n;;;;\n`), [plan]).mapping).toEqual(mapping);
  });

  test("values tell what a name does not", () => {
    const text = `id;kontakt;nr\n${"17;ada@example.com;+353 86 123 4567\n".repeat(5)}`;
    expect(preview(encoded(text)).mapping).toEqual(["skip", "email", "phone"]);
  });

  test("a column called email without addresses loses to one that holds them", () => {
    const text = `email;contact\n${"yes;ada@example.com\n".repeat(5)}`;
    expect(preview(encoded(text)).mapping).toEqual(["skip", "email"]);
  });
});

test("what is shown is short and can be stored", () => {
  const seen = preview(encoded(`email,note\nada@example.com,${"x".repeat(5_000)}\nbob@example.com,a\0b\n`));
  expect(seen.rows[0]?.[1]).toHaveLength(300);
  expect(seen.rows[1]?.[1]).toBe("a\ufffdb");
});

test("right-to-left text, emoji and three hundred columns are read without harm", () => {
  const wide = Array.from({ length: 300 }, (_, i) => `c${i}`).join(",");
  expect(preview(encoded(`${wide}\n`)).columns).toHaveLength(200);
  const seen = preview(encoded("email,שם\nada@example.com,\u202eעדה 👩‍👩‍👧\n"));
  expect(seen.rows).toEqual([["ada@example.com", "\u202eעדה 👩‍👩‍👧"]]);
});
