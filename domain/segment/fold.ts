/**
 * The one way text is compared in segments: case is ignored, accents and spaces count. Lower case is taken code point by
 * code point as Unicode 9 has it, because that is what MySQL's LOWER does; a test walks all of Unicode to hold the two equal.
 */

// Capitals that came after Unicode 9: JavaScript lowers them, MySQL leaves them as they are.
const newerCapitals =
  /[\u1c89\u1c90-\u1cbf\u2c2f\ua7b8-\ua7bf\ua7c0-\ua7dc\ua7f5\u{10570}-\u{10595}\u{10d50}-\u{10d65}\u{16e40}-\u{16e5f}\u{16ea0}-\u{16eb8}]/u;
const ascii = /^[\0-\x7f]*$/;

export function fold(text: string): string {
  if (ascii.test(text)) return text.toLowerCase();
  let folded = "";
  for (const char of text) folded += foldChar(char);
  return folded;
}

function foldChar(char: string): string {
  // The dotted capital I: its full lower case is two code points, its simple one is i.
  if (char === "\u0130") return "i";
  return newerCapitals.test(char) ? char : char.toLowerCase();
}

/** What a rule's text is compared as. Contacts are stored in NFC, so the rule is brought there too. */
export function foldRuleText(text: string): string {
  return fold(text.normalize("NFC"));
}
