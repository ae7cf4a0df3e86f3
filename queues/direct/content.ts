/** The stored form of a transactional message, and the files that lie beside it. */
import { z } from "zod";
import { type DirectContent, directContent } from "#domain/direct/content";
import type { DirectSendId, TenantId } from "#domain/ids";
import type { Attachment } from "#domain/sending/provider";
import type { Deps } from "../deps.ts";

async function through(bytes: Uint8Array, stream: CompressionStream | DecompressionStream) {
  const body = new Response(new Uint8Array(bytes)).body;
  if (!body) return new Uint8Array(0);
  return new Uint8Array(await new Response(body.pipeThrough(stream)).arrayBuffer());
}

export function packContent(content: DirectContent): Promise<Uint8Array> {
  return through(new TextEncoder().encode(JSON.stringify(content)), new CompressionStream("deflate-raw"));
}

export async function unpackContent(bytes: Uint8Array): Promise<DirectContent> {
  const text = new TextDecoder().decode(await through(bytes, new DecompressionStream("deflate-raw")));
  return directContent.parse(JSON.parse(text));
}

const stored = z.array(
  z.object({
    filename: z.string(),
    contentType: z.string(),
    content: z.string(),
    contentId: z.string().optional(),
  }),
);

export const attachmentsKeyOf = (tenantId: TenantId, id: DirectSendId) => `tenants/${tenantId}/direct/${id}`;

/** Before the request is recorded: what is recorded can be sent. The same request puts the same files again. */
export async function storeAttachments(
  deps: Pick<Deps, "env">,
  key: string,
  files: readonly Attachment[],
): Promise<void> {
  await deps.env.FILES.put(key, JSON.stringify(files));
}

/** Throws where they cannot be read now and may be later. */
export async function loadAttachments(deps: Pick<Deps, "env">, key: string): Promise<Attachment[]> {
  const file = await deps.env.FILES.get(key);
  if (!file) throw new Error(`attachments are not in storage: ${key}`);
  return stored.parse(await file.json());
}

/** Storage answers for certain (R2 is strongly consistent): what is not there now will not be there later. */
export async function hasAttachments(deps: Pick<Deps, "env">, key: string): Promise<boolean> {
  return (await deps.env.FILES.head(key)) !== null;
}

export async function dropAttachments(deps: Pick<Deps, "env">, key: string): Promise<void> {
  await deps.env.FILES.delete(key);
}
