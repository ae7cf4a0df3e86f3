/** Free text as it is kept: one form of Unicode, nothing that cannot be seen or stored. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f]+/g;

/** NFC, lone surrogates replaced, control characters turned into spaces, trimmed, at most `maxLength` characters of MySQL. */
export function cleanText(text: string, maxLength: number): string {
  const clean = text.toWellFormed().normalize("NFC").replace(control, " ").replaceAll("\ufeff", "").trim();
  // MySQL counts code points where JavaScript counts UTF-16 units.
  return clean.length <= maxLength ? clean : [...clean].slice(0, maxLength).join("").trim();
}

/** Longer than `maxLength` even after cleaning: cutting it would lose something. */
export function isTooLong(text: string, maxLength: number): boolean {
  return text.length > maxLength && [...cleanText(text, text.length)].length > maxLength;
}
