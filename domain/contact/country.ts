/** Countries: ISO 3166-1 alpha-2, found by code or by name in the languages our files come in. */
const nameLanguages = ["en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "da"] as const;
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
// What people write that the standard does not say.
const otherNames: readonly (readonly [string, string])[] = [
  ["uk", "GB"],
  ["great britain", "GB"],
  ["england", "GB"],
  ["scotland", "GB"],
  ["wales", "GB"],
  ["northern ireland", "GB"],
  ["el", "GR"],
  ["usa", "US"],
  ["u.s.a.", "US"],
  ["u.s.", "US"],
  ["united states of america", "US"],
  ["republic of ireland", "IE"],
  ["éire", "IE"],
  ["holland", "NL"],
  ["czech republic", "CZ"],
  ["turkey", "TR"],
];
// CLDR knows these as regions; they are groups, exceptions or retired codes, not countries.
const notCountries = new Set([
  "EU",
  "EZ",
  "UN",
  "QO",
  "ZZ",
  "XA",
  "XB",
  "AN",
  "BU",
  "CS",
  "DD",
  "FX",
  "NT",
  "SU",
  "TP",
  "YD",
  "YU",
  "ZR",
  "UK",
  "AC",
  "CP",
  "CQ",
  "DG",
  "EA",
  "IC",
  "TA",
  "NQ",
  "HV",
  "DY",
  "NH",
  "RH",
  "VD",
  "WK",
  "PC",
  "PU",
  "PZ",
  "FQ",
  "MI",
  "JT",
  "CT",
]);

let codesByName: Map<string, string> | undefined;

function buildNames(): Map<string, string> {
  const found = new Map<string, string>();
  for (const language of nameLanguages) {
    const names = new Intl.DisplayNames(language, { type: "region", fallback: "none" });
    for (const a of letters)
      for (const b of letters) {
        const code = a + b;
        const name = notCountries.has(code) ? undefined : names.of(code);
        if (!name) continue;
        found.set(code.toLowerCase(), code);
        if (!found.has(fold(name))) found.set(fold(name), code);
      }
  }
  for (const [name, code] of otherNames) found.set(fold(name), code);
  return found;
}

const fold = (text: string) => text.normalize("NFC").trim().toLowerCase();

/** `ie`, `IE`, `Ireland` and `Irland` are all `IE`. */
export function normalizeCountry(text: string): string | undefined {
  codesByName ??= buildNames();
  return codesByName.get(fold(text));
}
