/** The stored form of what an attempt is about to say: small, because the static parts live in the run. */
import { z } from "zod";
import { idText } from "#domain/id-schema";
import type { ContactId, MessageId } from "#domain/ids";
import type { MessageInputs } from "#domain/message/render";

/** One recipient of one call: who, and what the rendering is given. */
export type Letter = {
  readonly contactId: ContactId;
  readonly messageId: MessageId;
  readonly address: string;
  readonly tries: number;
  readonly inputs: MessageInputs;
};

const stored = z.array(
  z.object({
    contactId: idText("ctc"),
    messageId: idText("msg"),
    address: z.string(),
    tries: z.number(),
    inputs: z.custom<MessageInputs>((v) => typeof v === "object" && v !== null),
  }),
);

async function through(
  bytes: Uint8Array,
  stream: CompressionStream | DecompressionStream,
): Promise<Uint8Array> {
  const body = new Response(new Uint8Array(bytes)).body;
  if (!body) return new Uint8Array(0);
  return new Uint8Array(await new Response(body.pipeThrough(stream)).arrayBuffer());
}

export async function packLetters(letters: readonly Letter[]): Promise<Uint8Array> {
  return through(new TextEncoder().encode(JSON.stringify(letters)), new CompressionStream("deflate-raw"));
}

export async function unpackLetters(bytes: Uint8Array): Promise<Letter[]> {
  const text = new TextDecoder().decode(await through(bytes, new DecompressionStream("deflate-raw")));
  return stored.parse(JSON.parse(text));
}
