/** In which encoding a file is written: by its byte-order mark, else by what its bytes can be. */
import type { ImportPreview } from "./import.ts";

export type Encoding = ImportPreview["encoding"];

/** Counts over a whole file, chunk by chunk: which encodings its bytes allow. */
export type Census = {
  readonly sizeBytes: number;
  /** Well-formed UTF-8 sequences of more than one byte. */
  readonly multibyte: number;
  /** Bytes that UTF-8 does not allow where they stand. */
  readonly invalid: number;
  /** Continuation bytes still owed by the last sequence, and the range its next byte must lie in. */
  readonly owed: number;
  readonly low: number;
  readonly high: number;
};
export const emptyCensus: Census = { sizeBytes: 0, multibyte: 0, invalid: 0, owed: 0, low: 0x80, high: 0xbf };

export function countBytes(census: Census, chunk: Uint8Array): Census {
  let { multibyte, invalid, owed, low, high } = census;
  for (let i = 0; i < chunk.length; i++) {
    const byte = chunk[i] as number;
    if (owed > 0) {
      if (byte >= low && byte <= high) {
        low = 0x80;
        high = 0xbf;
        owed--;
        if (owed === 0) multibyte++;
        continue;
      }
      invalid++;
      owed = 0;
      low = 0x80;
      high = 0xbf;
    }
    if (byte < 0x80) continue;
    // Lead bytes and the second bytes they allow: Unicode standard, table 3-7.
    if (byte >= 0xc2 && byte <= 0xdf) owed = 1;
    else if (byte >= 0xe0 && byte <= 0xef) {
      owed = 2;
      if (byte === 0xe0) low = 0xa0;
      if (byte === 0xed) high = 0x9f;
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      owed = 3;
      if (byte === 0xf0) low = 0x90;
      if (byte === 0xf4) high = 0x8f;
    } else invalid++;
  }
  return { sizeBytes: census.sizeBytes + chunk.length, multibyte, invalid, owed, low, high };
}

/** `head` is the beginning of the file, `census` counts all of it. */
export function encodingOf(head: Uint8Array, census: Census): Encoding {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return "utf-8";
  const wide = wideEncodingOf(head);
  if (wide) return wide;
  const invalid = census.invalid + (census.owed > 0 ? 1 : 0);
  // A damaged byte here and there does not make a UTF-8 file a Windows one: the good sequences outweigh it.
  return invalid === 0 || census.multibyte > 2 * invalid ? "utf-8" : "windows-1252";
}

/** Separators, digits and Latin letters have a zero byte in UTF-16, always on the same side. */
function wideEncodingOf(head: Uint8Array): Encoding | undefined {
  const pairs = Math.min(head.length, 16_384) >> 1;
  let evenZeros = 0;
  let oddZeros = 0;
  for (let i = 0; i < pairs; i++) {
    if (head[2 * i] === 0) evenZeros++;
    if (head[2 * i + 1] === 0) oddZeros++;
  }
  if (oddZeros > pairs * 0.2 && evenZeros < pairs * 0.02) return "utf-16le";
  if (evenZeros > pairs * 0.2 && oddZeros < pairs * 0.02) return "utf-16be";
  return undefined;
}

export function byteOrderMarkLength(head: Uint8Array, encoding: Encoding): number {
  if (encoding === "utf-8") return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  if (encoding === "windows-1252") return 0;
  const [first, second] = encoding === "utf-16le" ? [0xff, 0xfe] : [0xfe, 0xff];
  return head[0] === first && head[1] === second ? 2 : 0;
}

/** What cannot be decoded becomes U+FFFD: a bad byte costs a character, not the file. */
export function decode(bytes: Uint8Array, encoding: Encoding): string {
  return new TextDecoder(encoding, { fatal: false, ignoreBOM: true }).decode(bytes);
}

/** Files that are no text at all, by their first bytes; what to do about them. */
export function foreignFormat(head: Uint8Array): string | undefined {
  const starts = (...bytes: number[]) => bytes.every((byte, i) => head[i] === byte);
  if (starts(0x50, 0x4b, 0x03, 0x04))
    return "a CSV file: this is a workbook or an archive; save it as CSV first";
  if (starts(0xd0, 0xcf, 0x11, 0xe0))
    return "a CSV file: this is an old Excel workbook; save it as CSV first";
  if (starts(0x25, 0x50, 0x44, 0x46)) return "a CSV file: this is a PDF";
  if (starts(0x1f, 0x8b)) return "a CSV file: this one is compressed; unpack it first";
  return undefined;
}
