/** The shop's customers: who they are, when and how each of them came, what they buy. */
import type { ImportId } from "#domain/ids";
import { type Calendar, dateText, dayMs, hourMs, later, minuteMs } from "./calendar.ts";
import type { Chance } from "./chance.ts";
import { type Culture, cultures } from "./cultures.ts";
import { addressSpelling, type Name } from "./names/parse.ts";
import { changeConsent, type Person, suppress } from "./person.ts";
import { brewers, roasts, type Sorting } from "./shop.ts";
import { emailProgram, testAddress } from "./visitors.ts";

export type Source = "import" | "form" | "api" | "dashboard";
export type Arrival = {
  readonly at: Date;
  readonly source: Source;
  /** Which file, where it was one. */
  readonly file?: "customers" | "festival" | "enquiries";
};

/** The shop opened its account so many days ago. */
export const openedDaysAgo = 420;
/** Everything before this day happened before the campaigns that can still be seen. */
const quietDaysAgo = 45;

export const fileSizes = { customers: 2_640, festival: 312, enquiries: 238 } as const;
export type ImportIds = Readonly<Record<keyof typeof fileSizes, ImportId>>;
export const fileMoments = (calendar: Calendar) => ({
  customers: calendar.day(openedDaysAgo - 1, 10, 12),
  festival: calendar.day(96, 16, 40),
  enquiries: calendar.day(58, 9, 5),
});

export function arrivals(chance: Chance, calendar: Calendar, count: number): Arrival[] {
  const moments = fileMoments(calendar);
  const all: Arrival[] = Object.entries(fileSizes).flatMap(([name, size]) => {
    const file = name as keyof typeof fileSizes;
    return Array.from({ length: size }, (_, row) => ({
      at: later(moments[file], 2_000 + row * 3),
      source: "import" as const,
      file,
    }));
  });
  while (all.length < count) {
    // The shop grows: more people came lately than at first.
    const daysAgo = (openedDaysAgo - 2) * (1 - Math.sqrt(chance.unit()));
    const at = calendar.ago(daysAgo * dayMs + chance.between(5, 90) * minuteMs);
    const source = chance.weighted<Source>([
      ["form", 62],
      ["api", 30],
      ["dashboard", 8],
    ]);
    all.push({ at, source });
  }
  return all.sort((a, b) => a.at.getTime() - b.at.getTime()).slice(0, count);
}

export function peopleOf(
  chance: Chance,
  calendar: Calendar,
  sorting: Sorting,
  files: ImportIds,
  coming: readonly Arrival[],
): Person[] {
  const taken = new Set<string>();
  return coming.map((arrival) => {
    const person = newcomer(chance, calendar, arrival, files, taken);
    agree(chance, calendar, person, arrival);
    sort(chance, person, arrival, sorting);
    moveOn(chance, calendar, person);
    return person;
  });
}

function newcomer(
  chance: Chance,
  calendar: Calendar,
  arrival: Arrival,
  files: ImportIds,
  taken: Set<string>,
): Person {
  const culture = chance.weighted(cultures);
  const isWoman = chance.happens(0.54);
  const first = chance.pick(isWoman ? culture.names.female : culture.names.male);
  const last = chance.pick(culture.names.last)[isWoman ? "female" : "male"];
  // Forms ask for no name, so not everybody has one.
  const isNamed = arrival.source !== "form" || chance.happens(0.88);
  return {
    id: chance.id("ctc", arrival.at),
    email: freeAddress(chance, culture, first, last, taken),
    phone: culture.phone && chance.happens(0.4) ? culture.phone(chance) : null,
    firstName: isNamed ? first.written : "",
    lastName: isNamed ? last.written : "",
    locale: culture.locale,
    timeZone: chance.pick(culture.zones),
    country: culture.country,
    source: arrival.source,
    importId: arrival.file ? files[arrival.file] : null,
    createdAt: arrival.at,
    updatedAt: arrival.at,
    fields: purchases(chance, calendar, arrival),
    emailConsent: "none",
    smsConsent: "none",
    proofs: [],
    tags: new Set(),
    lists: new Map(),
    suppressed: undefined,
    liveliness: chance.weighted([
      [0.02, 30],
      [0.2 + chance.unit() * 0.3, 48],
      [0.6 + chance.unit() * 0.3, 22],
    ]),
    usesPrivacyProxy: chance.happens(0.3),
    isBehindScanner: chance.happens(0.04),
  };
}

function freeAddress(chance: Chance, culture: Culture, first: Name, last: Name, taken: Set<string>): string {
  const [given, family] = [addressSpelling(first.latin), addressSpelling(last.latin)];
  for (;;) {
    const number = chance.happens(0.25) ? String(chance.between(1, 99)) : "";
    const local = chance.pick([
      `${given}.${family}${number}`,
      `${given}.${family}${number}`,
      `${given}${family}${number}`,
      `${given[0]}.${family}${number}`,
      `${given}_${family}${number}`,
      `${family}.${given}${number}`,
      `${given}${chance.between(60, 99)}`,
    ]);
    const email = `${local}@${chance.pick(culture.domains)}`;
    if (taken.has(email)) continue;
    taken.add(email);
    return email;
  }
}

function purchases(chance: Chance, calendar: Calendar, arrival: Arrival): Person["fields"] {
  const fields: Person["fields"] = {};
  if (chance.happens(0.82)) fields.favourite_roast = chance.pick(roasts);
  if (chance.happens(0.64)) fields.brew_method = chance.pick(brewers);
  const knownMs = calendar.now.getTime() - arrival.at.getTime();
  // Those from files have bought before; nobody else can have ordered more often than there was time for.
  const most = arrival.file === "customers" ? 60 : 1 + Math.floor(knownMs / (12 * dayMs));
  const orders = chance.happens(0.24) ? 0 : Math.min(most, 1 + Math.floor(chance.wait(5)));
  fields.orders = orders;
  if (orders === 0) return fields;
  fields.lifetime_value = Math.round(orders * (14 + chance.unit() * 22) * 100) / 100;
  // Whoever orders often has ordered lately.
  fields.last_order_on = dateText(
    calendar.ago(Math.min(knownMs, chance.wait(150 / Math.sqrt(orders)) * dayMs)),
  );
  fields.loyalty_member = orders >= 5 && chance.happens(0.75);
  return fields;
}

const wordings = {
  customers: "Newsletter subscribers of our former shop system; each had confirmed by e-mail.",
  festival: "“Yes, send me news and offers by e-mail.” Ticked on the sign-up sheet at our festival stand.",
  form: "Send me news from the roastery, twice a month. I can leave at any time.",
  api: "I want to receive offers and news by e-mail. (box at the checkout, not ticked beforehand)",
  dashboard: "Asked at the counter and agreed.",
  sms: "Text me when my order is on its way and when there is a new roast.",
} as const;

function agree(chance: Chance, { now }: Calendar, person: Person, { at, source, file }: Arrival): void {
  const by = { ip: testAddress(chance), userAgent: emailProgram(chance) };
  const change = (status: "pending" | "subscribed", wording: string, when = at, from: string = source) =>
    changeConsent(person, chance, {
      status,
      source: from,
      at: when,
      wording,
      ...(source === "form" ? by : {}),
    });
  if (file === "customers" || file === "festival") change("subscribed", wordings[file]);
  else if (source === "form") {
    change("pending", wordings.form);
    const confirmedAt = later(at, chance.wait(20 * minuteMs));
    if (chance.happens(0.91) && confirmedAt < now)
      change("subscribed", wordings.form, confirmedAt, "double opt-in");
  } else if (source === "api" && chance.happens(0.56)) change("subscribed", wordings.api);
  else if (source === "dashboard" && chance.happens(0.7)) change("subscribed", wordings.dashboard);
  if (person.phone !== null && chance.happens(0.55))
    changeConsent(person, chance, {
      channel: "sms",
      status: "subscribed",
      source,
      at,
      wording: wordings.sms,
    });
}

function sort(chance: Chance, person: Person, { at, file }: Arrival, { tags, lists }: Sorting): void {
  const isTrade = file === "enquiries" && chance.happens(0.6);
  if (isTrade) {
    person.tags.add(tags.wholesale.id);
    person.lists.set(lists.wholesale.id, at);
  }
  const { orders, lifetime_value: value } = person.fields;
  if (file === "festival") person.tags.add(tags.festival.id);
  if (typeof value === "number" && value > 420) person.tags.add(tags.vip.id);
  if (chance.happens(0.05)) person.tags.add(tags.workshop.id);
  if (chance.happens(0.07)) person.tags.add(tags.gifts.id);
  if (person.emailConsent !== "none" || chance.happens(0.06)) person.lists.set(lists.newsletter.id, at);
  if (typeof orders === "number" && orders >= 4 && chance.happens(0.35))
    person.lists.set(lists.subscription.id, at);
  if (person.country === "IE" && chance.happens(0.3)) person.lists.set(lists.visitors.id, at);
}

/** What happened to them before the campaigns that can still be seen: some left, a few asked never to be written to. */
function moveOn(chance: Chance, calendar: Calendar, person: Person): void {
  const spanMs = calendar.ago(quietDaysAgo * dayMs).getTime() - person.createdAt.getTime();
  if (spanMs < dayMs) return;
  const at = later(person.createdAt, hourMs + chance.unit() * (spanMs - hourMs));
  if (person.emailConsent === "subscribed" && chance.happens(0.07)) {
    const page = { ip: testAddress(chance), userAgent: emailProgram(chance) };
    const source = chance.pick(["one_click", "unsubscribe_page", "preference_page"]);
    changeConsent(person, chance, { status: "unsubscribed", source, at, ...page });
  } else if (chance.happens(0.004)) suppress(person, "manual", "Asked us by phone not to write again.", at);
}
