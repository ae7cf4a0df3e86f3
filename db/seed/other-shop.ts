/** A second workspace of other people: what of it ever shows in the first one is a leak that everybody can see. */
import { idFromBytes, uuid7 } from "#domain/ids";
import * as schema from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";
import { type Calendar, dayMs, later } from "./calendar.ts";
import type { Chance } from "./chance.ts";
import { cultures } from "./cultures.ts";
import { addressSpelling } from "./names/parse.ts";
import { changeConsent, type Person } from "./person.ts";
import { insertRows } from "./rows.ts";
import { storePeople } from "./store.ts";
import { button, englishFooter, headline, page, paragraph, space } from "./templates/layout.ts";
import type { Workspace } from "./workspace.ts";

const fixed = (number: number) => uuid7(Date.UTC(2026, 0, 5, 9), new Uint8Array(10).fill(number));
export const otherShopId = idFromBytes("ten", fixed(2));
const founder = idFromBytes("usr", fixed(21));
const contactCount = 120;

export function otherWorkspace(chance: Chance, calendar: Calendar): Omit<Workspace, "passwordHash"> {
  const foundedAt = calendar.day(200, 11, 20);
  const joined = { role: "owner" as const, joinedAt: foundedAt };
  return {
    id: otherShopId,
    name: "Kestrel & Loom",
    timeZone: "Europe/London",
    postalAddress: "Kestrel & Loom\n3 Weaver's Row\nHebden Bridge HX7, United Kingdom",
    fromName: "Kestrel & Loom",
    fromEmail: "studio@kestrelandloom.example",
    replyTo: "",
    connectionId: chance.id("cxn", foundedAt),
    members: [{ id: founder, email: "other@larkpost.example", name: "Mara Llewellyn", ...joined }],
    foundedAt,
  };
}

export async function storeOtherShop(
  scope: TenantDb,
  chance: Chance,
  calendar: Calendar,
  { connectionId }: Pick<Workspace, "connectionId">,
): Promise<void> {
  const openedAt = calendar.day(199, 10, 0);
  const list = {
    id: chance.id("lst", openedAt),
    name: "Studio letter",
    createdAt: openedAt,
    updatedAt: openedAt,
  };
  await insertRows(scope, schema.lists, [list]);
  const people = Array.from({ length: contactCount }, (_, i) => weaver(chance, openedAt, list.id, i));
  await storePeople(scope, people);
  const template = { id: chance.id("tpl", openedAt), createdAt: openedAt };
  await insertRows(scope, schema.templates, [
    { ...template, name: "Studio letter", currentVersion: 1, updatedAt: openedAt },
  ]);
  const html = page({
    lang: "en",
    dir: "ltr",
    title: "Studio letter",
    footer: englishFooter,
    body: [
      headline("Hello {{ first_name }}"),
      paragraph("The spring cloth is off the loom. Twelve lengths, no two alike."),
      button("See the cloth", "/cloth"),
      space(40),
    ].join("\n"),
  })
    .replaceAll("FERNWEH", "KESTREL &amp; LOOM")
    .replaceAll("fernweh.example", "kestrelandloom.example");
  await insertRows(scope, schema.templateVersions, [
    {
      templateId: template.id,
      version: 1,
      subject: "Off the loom this week",
      preheader: "",
      html,
      text: "",
      defaults: { first_name: "there" },
      createdBy: founder,
      createdAt: openedAt,
    },
  ]);
  const createdAt = calendar.day(1, 16, 0);
  await insertRows(scope, schema.campaigns, [
    {
      id: chance.id("cmp", createdAt),
      name: "Off the loom",
      state: "draft",
      templateId: template.id,
      connectionId,
      audience: { everyone: false, lists: [list.id], segments: [], exclude_lists: [], exclude_segments: [] },
      createdBy: founder,
      createdAt,
      updatedAt: createdAt,
    },
  ]);
}

function weaver(
  chance: Chance,
  openedAt: Date,
  listId: Parameters<Person["lists"]["set"]>[0],
  i: number,
): Person {
  const culture = chance.weighted(cultures);
  const first = chance.pick(culture.names.female);
  const last = chance.pick(culture.names.last).female;
  const createdAt = later(openedAt, i * dayMs);
  const person: Person = {
    id: chance.id("ctc", createdAt),
    email: `${addressSpelling(first.latin)}.${addressSpelling(last.latin)}${i}@cloth.example`,
    phone: null,
    firstName: first.written,
    lastName: last.written,
    locale: culture.locale,
    timeZone: chance.pick(culture.zones),
    country: culture.country,
    source: "form",
    importId: null,
    createdAt,
    updatedAt: createdAt,
    fields: {},
    emailConsent: "none",
    smsConsent: "none",
    proofs: [],
    tags: new Set(),
    lists: new Map([[listId, createdAt]]),
    suppressed: undefined,
    liveliness: 0,
    usesPrivacyProxy: false,
    isBehindScanner: false,
  };
  changeConsent(person, chance, {
    status: "subscribed",
    source: "form",
    at: createdAt,
    wording: "Letters from the studio, please.",
  });
  return person;
}
