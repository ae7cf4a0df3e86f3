/** A file on its way into R2: never held whole, counted and looked at while it passes. */
import { type Census, countBytes, emptyCensus } from "#domain/contact/csv-encoding";
import { headBytes } from "#domain/contact/import-preview";

// R2 wants all parts but the last of one size, and at least 5 MiB.
const partBytes = 8 * 1024 * 1024;

export type Stored = { readonly head: Uint8Array; readonly census: Census };

/** Throws what the stream throws, and leaves nothing in the bucket then. */
export async function storeFile(
  bucket: R2Bucket,
  key: string,
  body: ReadableStream<Uint8Array>,
): Promise<Stored> {
  const head = new Uint8Array(headBytes);
  let census = emptyCensus;
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let upload: R2MultipartUpload | undefined;
  const parts: R2UploadedPart[] = [];
  const sendPart = async (part: Uint8Array) => {
    upload ??= await bucket.createMultipartUpload(key);
    parts.push(await upload.uploadPart(parts.length + 1, part));
  };
  try {
    const reader = body.getReader();
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      const chunk = step.value;
      if (census.sizeBytes < headBytes)
        head.set(chunk.subarray(0, headBytes - census.sizeBytes), census.sizeBytes);
      census = countBytes(census, chunk);
      waiting.push(chunk);
      waitingBytes += chunk.length;
      while (waitingBytes >= partBytes) {
        const all = joined(waiting, waitingBytes);
        await sendPart(all.subarray(0, partBytes));
        waiting = [all.slice(partBytes)];
        waitingBytes -= partBytes;
      }
    }
    const rest = joined(waiting, waitingBytes);
    if (!upload) await bucket.put(key, rest);
    else {
      if (rest.length > 0) await sendPart(rest);
      await upload.complete(parts);
    }
  } catch (error) {
    await upload?.abort().catch(() => undefined);
    throw error;
  }
  return { head: head.subarray(0, Math.min(headBytes, census.sizeBytes)), census };
}

function joined(chunks: readonly Uint8Array[], sizeBytes: number): Uint8Array {
  const [only] = chunks;
  if (chunks.length === 1 && only) return only;
  const all = new Uint8Array(sizeBytes);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
