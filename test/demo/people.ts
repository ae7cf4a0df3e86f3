/** A file of people as shops have them: many scripts, quotes and commas in names, and rows that are wrong. */
import { type Chance, chanceFrom } from "#db/seed/chance";
import { cultures } from "#db/seed/cultures";
import { addressSpelling } from "#db/seed/names/parse";

export type PeopleFile = {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What is known of a file that was made up; undefined for a file from elsewhere. */
  readonly known:
    | {
        readonly addresses: readonly string[];
        /** Refused rows by reason. */
        readonly refused: Readonly<Record<string, number>>;
      }
    | undefined;
};

const columns = ["E-mail", "First name", "Last name", "Country", "Locale", "Time zone"] as const;
/** One in so many mailboxes says no to the sender's face (docs/providers.md: the sandbox's rules). */
const refusesEvery = 250;

export function peopleFile(recipients: number, seed = 1): PeopleFile {
  const chance = chanceFrom(seed);
  const addresses: string[] = [];
  const lines = [row(columns)];
  for (let i = 0; i < recipients; i++) {
    const cells = person(chance, i);
    addresses.push(cells[0] ?? "");
    lines.push(row(cells));
  }
  const wrong = Math.max(1, Math.floor(recipients / 200));
  const refused = { invalid_email: wrong, no_email: wrong, repeated_in_file: wrong };
  for (let i = 0; i < wrong; i++) {
    const [, ...rest] = person(chance, recipients + i);
    // Anywhere after the first person, so that what repeats stands behind what it repeats.
    const insert = (cells: readonly string[]) => lines.splice(chance.between(2, lines.length), 0, row(cells));
    insert([chance.pick(["not an address", `${i}@`, "name@@shop.example", "@shop.example"]), ...rest]);
    insert(["", ...rest]);
    lines.push(row([(addresses[chance.between(0, recipients - 1)] ?? "").toUpperCase(), ...rest]));
  }
  const text = `\ufeff${lines.join("\r\n")}\r\n\r\n`;
  return { name: "people.csv", bytes: new TextEncoder().encode(text), known: { addresses, refused } };
}

function person(chance: Chance, i: number): string[] {
  const culture = chance.weighted(cultures);
  const isWoman = chance.happens(0.5);
  const first = chance.pick(isWoman ? culture.names.female : culture.names.male);
  const last = chance.pick(culture.names.last)[isWoman ? "female" : "male"];
  const given = addressSpelling(first.latin);
  const family = addressSpelling(last.latin);
  const refuses = i % refusesEvery === refusesEvery - 1;
  const local = refuses ? `refuse.${family}.${i}` : `${given}.${family}.${i}`;
  const called = chance.weighted([
    [first.written, 30],
    [`${first.written}, Dr.`, 1],
    [`${first.written} "${given.slice(0, 3)}"`, 1],
  ]);
  return [
    `${local}@${chance.pick(culture.domains)}`,
    called,
    last.written,
    culture.country,
    culture.locale,
    chance.pick(culture.zones),
  ];
}

function row(cells: readonly string[]): string {
  return cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(",");
}
