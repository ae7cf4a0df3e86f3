/** Three files that were imported in the past, with the rows that were refused and why. */
import type { ImportPreview, ImportTarget, RejectionReason } from "#domain/contact/import";
import type { ListId, UserId } from "#domain/ids";
import type { importErrors, imports } from "../schema/index.ts";
import { type Calendar, later } from "./calendar.ts";
import type { Chance } from "./chance.ts";
import { fileMoments, fileSizes, type ImportIds } from "./people.ts";
import type { Person } from "./person.ts";
import type { Sorting } from "./shop.ts";

type Row<T extends { $inferInsert: object }> = Omit<T["$inferInsert"], "tenantId">;
export type ImportStory = { readonly row: Row<typeof imports>; readonly errors: Row<typeof importErrors>[] };

type Column = { readonly name: string; readonly target: ImportTarget; value(person: Person): string };
type Refusal = readonly [RejectionReason, string, (row: string[]) => string[]];

const email: Column = { name: "E-mail", target: "email", value: (p) => p.email };
const first: Column = { name: "First name", target: "first_name", value: (p) => p.firstName };
const last: Column = { name: "Last name", target: "last_name", value: (p) => p.lastName };
const country: Column = { name: "Country", target: "country", value: (p) => p.country };
const orders: Column = {
  name: "Orders",
  target: "fields.orders",
  value: (p) => String(p.fields.orders ?? 0),
};
const roast: Column = {
  name: "Favourite roast",
  target: "fields.favourite_roast",
  value: (p) => String(p.fields.favourite_roast ?? ""),
};

const instead = (at: number, text: string) => (row: string[]) =>
  row.map((cell, i) => (i === at ? text : cell));
const noEmail: Refusal = ["no_email", "The row has no e-mail address.", instead(0, "")];
const invalid = (text: string): Refusal => [
  "invalid_email",
  `“${text}” is not an e-mail address.`,
  instead(0, text),
];
const repeated: Refusal = [
  "repeated_in_file",
  "The address stands in an earlier row of this file.",
  (row) => row,
];

const files = {
  customers: {
    name: "customers-export.csv",
    columns: [email, first, last, country, orders, roast],
    delimiter: ";",
    consent: "subscribed",
    wording: "Newsletter subscribers of our former shop system; each had confirmed by e-mail.",
    list: true,
    refused: [
      invalid("nora.byrne@@liffeymail.example"),
      invalid("hello at corkpost.example"),
      invalid("m.schäfer@"),
      noEmail,
      noEmail,
      noEmail,
      repeated,
      repeated,
      repeated,
      ["invalid_value", "Orders takes a number; this is “about 12”.", instead(4, "about 12")] as Refusal,
      [
        "too_many_columns",
        "The row has 7 columns, the file has 6.",
        (row: string[]) => [...row, "EUR"],
      ] as Refusal,
    ],
  },
  festival: {
    name: "festival-stand.csv",
    columns: [email, first, country],
    delimiter: ",",
    consent: "subscribed",
    wording: "“Yes, send me news and offers by e-mail.” Ticked on the sign-up sheet at our festival stand.",
    list: true,
    refused: [
      invalid("can't read"),
      invalid("anna.w…@briefkasten.example"),
      invalid("siobhan@liffeymail"),
      invalid("?"),
      noEmail,
      noEmail,
      repeated,
      repeated,
      repeated,
    ],
  },
  enquiries: {
    name: "wholesale-enquiries.csv",
    columns: [email, first, last, country],
    delimiter: ",",
    consent: "none",
    wording: "",
    list: false,
    refused: [invalid("see website"), noEmail, repeated],
  },
} as const;

const uploadedBeforeMs = 48_000;

export function importIdsOf(chance: Chance, calendar: Calendar): ImportIds {
  const { customers, festival, enquiries } = fileMoments(calendar);
  const id = (startedAt: Date) => chance.id("imp", later(startedAt, -uploadedBeforeMs));
  return { customers: id(customers), festival: id(festival), enquiries: id(enquiries) };
}

export function importsOf(
  chance: Chance,
  calendar: Calendar,
  ids: ImportIds,
  people: readonly Person[],
  sorting: Sorting,
  by: UserId,
): ImportStory[] {
  const moments = fileMoments(calendar);
  return (Object.keys(files) as (keyof typeof files)[]).map((key) => {
    const file = files[key];
    const id = ids[key];
    const startedAt = moments[key];
    const uploadedAt = later(startedAt, -uploadedBeforeMs);
    const endedAt = later(startedAt, 2_600 + fileSizes[key] * 3);
    const from = people.filter((person) => person.importId === id);
    const cells = (person: Person) => file.columns.map((column) => column.value(person));
    const rows = from.map(cells);
    const sizeBytes = rows.flat().reduce((sum, cell) => sum + new TextEncoder().encode(cell).length + 1, 40);
    const rowsRead = from.length + file.refused.length;
    const preview: ImportPreview = {
      encoding: "utf-8",
      delimiter: file.delimiter,
      has_header: true,
      columns: file.columns.map((column) => column.name),
      rows: rows.slice(0, 5),
      mapping: file.columns.map((column) => column.target),
    };
    // Where in the file each refused row stood: somewhere, and no two in one place.
    const step = Math.floor(rowsRead / file.refused.length);
    const errors = file.refused.map(([reason, detail, spoil], i) => ({
      importId: id,
      line: 2 + i * step + chance.between(0, step - 1),
      reason,
      detail,
      row: spoil(rows[chance.between(0, rows.length - 1)] ?? []),
    }));
    const listId: ListId | null = file.list ? sorting.lists.newsletter.id : null;
    const row: ImportStory["row"] = {
      id,
      fileName: file.name,
      fileKey: `imports/${id}`,
      sizeBytes,
      state: "completed",
      preview,
      options: {
        mapping: preview.mapping,
        has_header: true,
        email_consent: file.consent,
        consent_wording: file.wording,
        update: "overwrite",
        tags: key === "festival" ? [sorting.tags.festival.name] : [],
        list_id: listId,
      },
      cursorBytes: sizeBytes,
      cursorLine: rowsRead + 1,
      rowsRead,
      rowsCreated: from.length,
      rowsRejected: errors.length,
      createdBy: by,
      createdAt: uploadedAt,
      updatedAt: endedAt,
      startedAt,
      finishedAt: endedAt,
    };
    return { row, errors };
  });
}
