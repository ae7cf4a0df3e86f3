/** Where the people of the demo shop live: their languages, time zones and made-up mail providers. */
import type { Chance } from "./chance.ts";
import { czech, greek, polish, turkish, ukrainian } from "./names/eastern.ts";
import { arabic, chinese, hebrew, hindi, japanese, korean } from "./names/farther.ts";
import { type NameLists, type Names, parseNames } from "./names/parse.ts";
import {
  american,
  dutch,
  english,
  french,
  german,
  irish,
  italian,
  portuguese,
  spanish,
  swedish,
} from "./names/western.ts";

export type Culture = {
  readonly locale: string;
  readonly country: string;
  readonly zones: readonly string[];
  readonly names: Names;
  /** Under .example, which nobody can own (RFC 2606): no demo mail ever reaches a stranger. */
  readonly domains: readonly string[];
  /** Numbers set aside for films and examples by the country's regulator; undefined where none are kept here. */
  readonly phone: ((chance: Chance) => string) | undefined;
};

const digits = (count: number) => (chance: Chance) =>
  String(chance.between(0, 10 ** count - 1)).padStart(count, "0");
const twoDigits = digits(2);
const phones: Record<string, (chance: Chance) => string> = {
  US: (chance) => `+1${chance.pick(["212", "415", "312", "206", "617"])}55501${twoDigits(chance)}`,
  DE: (chance) => `${chance.pick(["+4917139200", "+49176040690"])}${twoDigits(chance)}`,
  SE: (chance) => `+467017406${chance.between(5, 99).toString().padStart(2, "0")}`,
};

const international = ["mail.example", "inbox.example", "post.example"];

function culture(
  locale: string,
  zones: string,
  lists: NameLists,
  domains: string,
  weight: number,
): readonly [Culture, number] {
  const country = locale.slice(-2);
  const named = domains.split(" ").map((name) => `${name}.example`);
  const one: Culture = {
    locale,
    country,
    zones: zones.split(" "),
    names: parseNames(lists),
    domains: [...named, ...named, ...international],
    phone: phones[country],
  };
  return [one, weight];
}

/** With the share of each among the shop's customers. */
export const cultures: readonly (readonly [Culture, number])[] = [
  culture("en-IE", "Europe/Dublin", irish, "liffeymail corkpost", 220),
  culture("en-GB", "Europe/London", english, "thamesmail northpost", 140),
  culture("de-DE", "Europe/Berlin", german, "briefkasten rheinpost", 130),
  culture("de-AT", "Europe/Vienna", german, "donaupost", 25),
  culture("de-CH", "Europe/Zurich", german, "alpenpost", 20),
  culture("fr-FR", "Europe/Paris", french, "courrier lalettre", 75),
  culture("it-IT", "Europe/Rome", italian, "postale letterina", 50),
  culture("es-ES", "Europe/Madrid Atlantic/Canary", spanish, "correo buzon", 50),
  culture("pl-PL", "Europe/Warsaw", polish, "poczta skrzynka", 50),
  culture(
    "en-US",
    "America/New_York America/Chicago America/Los_Angeles America/Denver",
    american,
    "usmail",
    45,
  ),
  culture("nl-NL", "Europe/Amsterdam", dutch, "brievenbus", 40),
  culture("pt-PT", "Europe/Lisbon", portuguese, "correio", 25),
  culture("tr-TR", "Europe/Istanbul", turkish, "postakutusu", 25),
  culture("ja-JP", "Asia/Tokyo", japanese, "yubin", 22),
  culture("el-GR", "Europe/Athens", greek, "tachydromeio", 20),
  culture("sv-SE", "Europe/Stockholm", swedish, "brevlada", 20),
  culture("ar-AE", "Asia/Dubai", arabic, "barid", 14),
  culture("pt-BR", "America/Sao_Paulo America/Manaus", portuguese, "correiobr", 14),
  culture("he-IL", "Asia/Jerusalem", hebrew, "doar", 14),
  culture("hi-IN", "Asia/Kolkata", hindi, "daak", 14),
  culture("uk-UA", "Europe/Kyiv", ukrainian, "poshta", 14),
  culture("ko-KR", "Asia/Seoul", korean, "upyeon", 13),
  culture("cs-CZ", "Europe/Prague", czech, "schranka", 12),
  culture("ar-EG", "Africa/Cairo", arabic, "baridmasr", 8),
  culture("zh-TW", "Asia/Taipei", chinese, "youjian", 8),
];
