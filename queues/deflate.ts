/** JSON, deflated: how larger things are kept in a column. */
export async function deflateJson(value: unknown): Promise<Uint8Array> {
  return through(new TextEncoder().encode(JSON.stringify(value)), new CompressionStream("deflate-raw"));
}

export async function inflateJson(bytes: Uint8Array): Promise<unknown> {
  return JSON.parse(new TextDecoder().decode(await through(bytes, new DecompressionStream("deflate-raw"))));
}

async function through(
  bytes: Uint8Array,
  stream: CompressionStream | DecompressionStream,
): Promise<Uint8Array> {
  const { body } = new Response(new Uint8Array(bytes));
  if (!body) return new Uint8Array(0);
  return new Uint8Array(await new Response(body.pipeThrough(stream)).arrayBuffer());
}
