/** The GSM 7-bit alphabet (3GPP TS 23.038 §6.2.1), and look-alikes that bring a text into it. */

const basic =
  "\n\r !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz" +
  "¡£¤¥§¿ÄÅÆÇÉÑÖØÜßàäåæèéìñòöøùüΓΔΘΛΞΠΣΦΨΩ";
/** Each is written as an escape and a second septet. */
const extension = "\f^{}\\[~]|€";

const septets = new Map<string, 1 | 2>();
for (const character of basic) septets.set(character, 1);
for (const character of extension) septets.set(character, 2);

/** How many septets a character takes; undefined where the alphabet lacks it. */
export const septetsOf = (character: string): 1 | 2 | undefined => septets.get(character);

/** What stands for each character of the group; those on the right look or read the same. */
const lookAlikes: readonly (readonly [string, string])[] = [
  ['"', "«»“”„‟❝❞〝〞＂ʺˮ"],
  ["'", "‘’‚‛′´`ʹʻʼʽˈˊˋ❛❜︐︑＇"],
  ["-", "‐‑‒–—―−⁃•·﹣－⎼⎽"],
  ["/", "÷⁄∕⧸／"],
  ["\\", "⧵⧹﹨＼"],
  ["_", "‗＿"],
  ["|", "∣⎜⎟⎸⎹⏐｜"],
  ["*", "⁎∗⊛✢✣✤✥✱✲✳✺✻✼✽❃❉❊❋⧆﹡＊"],
  [",", "、﹐﹑，､"],
  [".", "。﹒．｡"],
  ["(", "❨❪﹙（⟮⦅"],
  [")", "❩❫﹚）⟯⦆"],
  ["{", "❴﹛｛"],
  ["}", "❵﹜｝"],
  ["[", "［"],
  ["]", "］"],
  ["<", "‹﹤＜"],
  [">", "›﹥＞"],
  [":", "ː˸⦂꞉︓："],
  [";", "⁏︔﹔；"],
  ["=", "꞊﹦＝"],
  ["?", "︖﹖？"],
  ["!", "ǃ︕﹗！"],
  ["+", "˖﹢＋"],
  ["^", "ˆ＾"],
  ["~", "˜˷∼～"],
  ["@", "﹫＠"],
  ["#", "﹟＃"],
  ["$", "﹩＄"],
  ["%", "﹪％"],
  ["&", "﹠＆"],
  ["!!", "‼"],
  ["...", "…"],
  ["1/4", "¼"],
  ["1/2", "½"],
  ["3/4", "¾"],
  [" ", "\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"],
  ["\n", "\u2028\u2029\u0085"],
  ["", "\u00ad\u200b\u200c\u2060\ufeff"],
];

const replacements = new Map<string, string>();
for (const [to, group] of lookAlikes) for (const from of group) replacements.set(from, to);
// Full-width digits and letters stand in the order of ASCII.
for (let code = 0xff10; code <= 0xff5a; code++) {
  const from = String.fromCharCode(code);
  const to = String.fromCharCode(code - 0xfee0);
  if (/[0-9A-Za-z]/.test(to)) replacements.set(from, to);
}

export type Replacement = { readonly from: string; readonly to: string };
export type Gsm7Offer = {
  readonly text: string;
  /** Each kind of replacement once, in the order of the text. */
  readonly replaced: readonly Replacement[];
  /** Characters nothing can stand for, each once: while one is left, the whole text stays UCS-2. */
  readonly left: readonly string[];
};

/**
 * The same text with look-alikes from the GSM alphabet: an offer, not a rule. Letters keep their accents unless
 * `dropAccents` asks otherwise: `á` has no look-alike, and `a` may be another word.
 */
export function toGsm7(text: string, options: { readonly dropAccents?: boolean } = {}): Gsm7Offer {
  const replaced = new Map<string, string>();
  const left = new Set<string>();
  let result = "";
  // Composed first: `e` with a combining accent is the `é` the alphabet has.
  for (const character of text.normalize("NFC")) {
    const to = septets.has(character) ? character : standIn(character, options.dropAccents ?? false);
    if (to === undefined) left.add(character);
    else if (to !== character) replaced.set(character, to);
    result += to ?? character;
  }
  return { text: result, replaced: [...replaced].map(([from, to]) => ({ from, to })), left: [...left] };
}

function standIn(character: string, dropAccents: boolean): string | undefined {
  const known = replacements.get(character);
  if (known !== undefined || !dropAccents) return known;
  const bare = strokes[character] ?? character.normalize("NFD").replace(/\p{M}/gu, "");
  return bare !== "" && [...bare].every((part) => septets.has(part)) ? bare : undefined;
}

/** Letters whose stroke Unicode does not take for an accent. */
const strokes: Readonly<Record<string, string>> = {
  ł: "l",
  Ł: "L",
  đ: "d",
  Đ: "D",
  ħ: "h",
  Ħ: "H",
  ı: "i",
  œ: "oe",
  Œ: "OE",
};
