/** R2 in memory, as far as imports use it: ranges are honoured, and an offset past the end is refused as R2 refuses it. */
import type { Bucket } from "#queues/importing/file-rows";

export type MemoryBucket = Bucket & { readonly files: Map<string, Uint8Array>; reads: number };

export function memoryBucket(files: Record<string, Uint8Array> = {}): MemoryBucket {
  const bucket: MemoryBucket = {
    files: new Map(Object.entries(files)),
    reads: 0,
    async get(key, { range }) {
      bucket.reads++;
      const file = bucket.files.get(key);
      if (!file) return null;
      if (range.offset >= file.length || range.length <= 0)
        throw new Error("get: The requested range is not satisfiable (10039)");
      const part = file.slice(range.offset, range.offset + range.length);
      return { arrayBuffer: async () => part.buffer as ArrayBuffer };
    },
  };
  return bucket;
}

/** Text as the bytes of a file. */
export function encoded(
  text: string,
  encoding: "utf-8" | "utf-16le" | "utf-16be" | "windows-1252" = "utf-8",
): Uint8Array {
  if (encoding === "utf-8") return new TextEncoder().encode(text);
  if (encoding === "windows-1252")
    return Uint8Array.from(text, (char) => {
      const special = windowsOnly.get(char);
      const code = special ?? char.charCodeAt(0);
      if (code > 255) throw new Error(`${char} is not in windows-1252`);
      return code;
    });
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), encoding === "utf-16le");
  return bytes;
}

const windowsOnly = new Map([
  ["€", 0x80],
  ["–", 0x96],
  ["’", 0x92],
  ["š", 0x9a],
]);
