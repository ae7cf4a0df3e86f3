/** Header fields: encoded words for what is not ASCII (RFC 2047), folded lines (RFC 5322 §2.2.3). */
import type { Address } from "../sending/provider.ts";

const softLimit = 78;
const hardLimit = 998;
/** "=?utf-8?B?" and "?=" around at most 75 characters in all. */
const wordBytes = 45;

// A line break in a value would begin a new header field: hostile or not, it becomes a space.
const oneLine = (value: string) => value.replace(/[\r\n\0]+/g, " ").trim();
const isPrintableAscii = (value: string) => /^[\x20-\x7e]*$/.test(value);

export function unstructuredHeader(name: string, value: string): string {
  const text = oneLine(value);
  const fits =
    isPrintableAscii(text) && !text.includes("=?") && longestWord(text) <= hardLimit - name.length - 2;
  return foldHeader(name, fits ? text : encodedWords(text));
}

export function addressHeader(name: string, address: Address): string {
  const shown = oneLine(address.name ?? "");
  if (shown === "") return foldHeader(name, address.email);
  if (!isPrintableAscii(shown) || shown.includes("=?") || shown.length > 200)
    return foldHeader(name, `${encodedWords(shown)} <${address.email}>`);
  // Atoms need no quotes (RFC 5322 §3.2.3); within quotes only the quote and the backslash are special.
  const atoms = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~ ]+$/.test(shown);
  const phrase = atoms ? shown : `"${shown.replace(/["\\]/g, "\\$&")}"`;
  return foldHeader(name, `${phrase} <${address.email}>`);
}

/** Breaks before a space so that lines stay within 78 characters where the text allows it. */
export function foldHeader(name: string, value: string): string {
  const lines: string[] = [];
  let line = `${name}:`;
  let isEmpty = true;
  for (const word of value.split(" ")) {
    if (!isEmpty && line.length + 1 + word.length > softLimit && line.trim() !== "" && word !== "") {
      lines.push(line);
      line = "";
    }
    line += ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line].join("\r\n");
}

function longestWord(text: string): number {
  return text.split(" ").reduce((longest, word) => Math.max(longest, word.length), 0);
}

/** Base64 words of whole characters, parted by a space that readers leave out again. */
function encodedWords(text: string): string {
  const words: string[] = [];
  let bytes: number[] = [];
  const encoder = new TextEncoder();
  for (const character of text) {
    const encoded = encoder.encode(character);
    if (bytes.length + encoded.length > wordBytes) {
      words.push(encodedWord(bytes));
      bytes = [];
    }
    bytes.push(...encoded);
  }
  if (bytes.length > 0) words.push(encodedWord(bytes));
  return words.join(" ");
}

function encodedWord(bytes: readonly number[]): string {
  return `=?utf-8?B?${btoa(String.fromCharCode(...bytes))}?=`;
}
