/** Lines of a file in bytes: where one ends, so that reading can go on from there after any crash. LF, CRLF and CR end a line. */
import { byteOrderMarkLength, decode, type Encoding } from "./csv-encoding.ts";

const lineFeed = 10;
const carriageReturn = 13;
const unitBytes = (encoding: Encoding) => (encoding.startsWith("utf-16") ? 2 : 1);

/** The code unit at byte `at`. */
function unitAt(bytes: Uint8Array, at: number, encoding: Encoding): number {
  const first = bytes[at] as number;
  if (encoding === "utf-16le") return first | ((bytes[at + 1] as number) << 8);
  if (encoding === "utf-16be") return (first << 8) | (bytes[at + 1] as number);
  return first;
}

/** Bytes up to and with the last line end; 0 where there is none. A CR at the very end may be half of a CRLF: not counted. */
export function wholeLines(bytes: Uint8Array, encoding: Encoding): number {
  const width = unitBytes(encoding);
  const end = bytes.length - (bytes.length % width);
  for (let at = end - width; at >= 0; at -= width) {
    const unit = unitAt(bytes, at, encoding);
    if (unit === lineFeed) return at + width;
    if (unit === carriageReturn && at + width < end) return at + width;
  }
  return 0;
}

/** The byte after `lines` more line ends, counted from byte `from`; the end where there are fewer. */
export function skipLines(bytes: Uint8Array, encoding: Encoding, from: number, lines: number): number {
  const width = unitBytes(encoding);
  let at = from;
  for (let left = lines; left > 0 && at < bytes.length; at += width) {
    const unit = unitAt(bytes, at, encoding);
    if (unit === lineFeed) left--;
    else if (unit === carriageReturn) {
      left--;
      if (at + width < bytes.length && unitAt(bytes, at + width, encoding) === lineFeed) at += width;
    }
  }
  return Math.min(at, bytes.length);
}

/** The byte after the first line end; undefined where there is none. */
export function firstLineEnd(bytes: Uint8Array, encoding: Encoding): number | undefined {
  const width = unitBytes(encoding);
  for (let at = 0; at + width <= bytes.length; at += width) {
    const unit = unitAt(bytes, at, encoding);
    if (unit === lineFeed || unit === carriageReturn) return skipLines(bytes, encoding, at, 1);
  }
  return undefined;
}

/** The text of whole lines with every line end written as `\n`. */
export function textOfLines(bytes: Uint8Array, encoding: Encoding): string {
  const text = decode(bytes, encoding);
  return text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
}

/** What stands before the first row: a byte-order mark, and the `sep=;` line that Excel reads and writes. */
export type Prologue = {
  readonly bytes: number;
  readonly lines: number;
  readonly delimiter: string | undefined;
};

export function prologueOf(head: Uint8Array, encoding: Encoding): Prologue {
  const mark = byteOrderMarkLength(head, encoding);
  const text = textOfLines(head.subarray(mark, mark + 32), encoding);
  const match = /^"?sep=([,;|\t])"?\n/i.exec(text);
  if (!match) return { bytes: mark, lines: 0, delimiter: undefined };
  return { bytes: skipLines(head, encoding, mark, 1), lines: 1, delimiter: match[1] };
}
