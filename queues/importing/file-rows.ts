/** The rows of a file in R2, from a checkpoint on, in blocks of a megabyte; memory does not grow with the file. */
import type { Checkpoint } from "#db/import-statements";
import type { Encoding } from "#domain/contact/csv-encoding";
import { firstLineEnd, prologueOf, skipLines, textOfLines, wholeLines } from "#domain/contact/csv-lines";
import { type CsvRow, parseRows } from "#domain/contact/csv-rows";

/** What is asked of R2. */
export type Bucket = {
  get(
    key: string,
    options: { range: { offset: number; length: number } },
  ): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null>;
};
export type RowFile = {
  readonly key: string;
  readonly sizeBytes: number;
  readonly encoding: Encoding;
  readonly delimiter: string;
};
export type RowBlock = {
  readonly rows: readonly CsvRow[];
  /** Where the block begins; lines of its rows count from there. */
  readonly start: Checkpoint;
  /** Where the last of its rows ends, empty lines after it included. */
  readonly end: Checkpoint;
  /** The beginning of a line too long to be a row of anything; such a block has no rows. */
  readonly oversized?: string;
  /** The place after this many lines of the block. Ask in ascending order. */
  after(lines: number): Checkpoint;
};

const blockBytes = 1024 * 1024;
/** A line that is longer is no row of people. */
export const maxLineBytes = 1024 * 1024;
const headBytes = 256;
const shownLength = 200;

/** Where the rows begin: after the byte-order mark and the line by which Excel names its separator. */
export async function startOf(bucket: Bucket, file: RowFile): Promise<Checkpoint> {
  const { bytes, lines } = prologueOf(await read(bucket, file, 0, headBytes), file.encoding);
  return { bytes, line: lines };
}

export async function* readBlocks(
  bucket: Bucket,
  file: RowFile,
  from: Checkpoint,
  size = blockBytes,
): AsyncGenerator<RowBlock, void, undefined> {
  let start = from;
  let length = size;
  let pending = ahead(bucket, file, start.bytes, length);
  while (start.bytes < file.sizeBytes) {
    const bytes = await pending;
    if (bytes.length === 0) throw new Error(`${file.key} ends at byte ${start.bytes}, before its size`);
    const block = blockOf(bytes, file, start);
    if (!block && length < maxLineBytes) {
      // A row that does not end in here; domain/contact/csv-rows.ts gives up on it before it grows much.
      length *= 2;
      pending = ahead(bucket, file, start.bytes, length);
      continue;
    }
    const found = block ?? (await longLine(bucket, file, start, bytes));
    length = size;
    pending = ahead(bucket, file, found.end.bytes, length);
    yield found;
    start = found.end;
  }
}

/** Undefined where the bytes hold no whole row. */
function blockOf(bytes: Uint8Array, file: RowFile, start: Checkpoint): RowBlock | undefined {
  const isEnd = start.bytes + bytes.length >= file.sizeBytes;
  const whole = isEnd ? bytes : bytes.subarray(0, wholeLines(bytes, file.encoding));
  const { rows, lines } = parseRows(textOfLines(whole, file.encoding), file.delimiter, isEnd);
  if (lines === 0) return undefined;
  const end = isEnd
    ? { bytes: file.sizeBytes, line: start.line + lines }
    : counter(whole, file.encoding, start)(lines);
  return { rows, start, end, after: counter(whole, file.encoding, start) };
}

async function longLine(
  bucket: Bucket,
  file: RowFile,
  start: Checkpoint,
  bytes: Uint8Array,
): Promise<RowBlock> {
  const end = await afterLongLine(bucket, file, start);
  const oversized = textOfLines(bytes.subarray(0, 4 * shownLength), file.encoding).slice(0, shownLength);
  return { rows: [], start, end, oversized, after: () => end };
}

function counter(bytes: Uint8Array, encoding: Encoding, start: Checkpoint): (lines: number) => Checkpoint {
  let lines = 0;
  let at = 0;
  return (upTo) => {
    at = skipLines(bytes, encoding, at, upTo - lines);
    lines = upTo;
    return { bytes: start.bytes + at, line: start.line + lines };
  };
}

/** Reading the next block while this one is written. A failure is met where the block is awaited. */
function ahead(bucket: Bucket, file: RowFile, from: number, length: number): Promise<Uint8Array> {
  const block = from < file.sizeBytes ? read(bucket, file, from, length) : Promise.resolve(new Uint8Array(0));
  block.catch(() => undefined);
  return block;
}

async function afterLongLine(bucket: Bucket, file: RowFile, start: Checkpoint): Promise<Checkpoint> {
  let at = start.bytes;
  while (at < file.sizeBytes) {
    const bytes = await read(bucket, file, at, blockBytes);
    // At the border of what was read, a CR may be half of a CRLF.
    const end = firstLineEnd(bytes, file.encoding);
    const isSure = end !== undefined && (end < bytes.length || at + end >= file.sizeBytes);
    if (isSure) return { bytes: at + end, line: start.line + 1 };
    // An even step back keeps the code units of UTF-16 whole and sees a line end at the border again.
    at += Math.max(2, bytes.length - 4);
  }
  return { bytes: file.sizeBytes, line: start.line + 1 };
}

async function read(bucket: Bucket, file: RowFile, offset: number, length: number): Promise<Uint8Array> {
  const range = { offset, length: Math.min(length, file.sizeBytes - offset) };
  const object = await bucket.get(file.key, { range });
  if (!object) throw new FileGone(file.key);
  return new Uint8Array(await object.arrayBuffer());
}

/** The file of an import is not in the bucket any more: trying again cannot help. */
export class FileGone extends Error {
  constructor(key: string) {
    super(`${key} is gone`);
    this.name = "FileGone";
  }
}
