// Runs in workerd, in front of the API, where Cloudflare Pages stands in production: files, compression, hand-over.
import { onRequest } from "../../web/functions/_middleware.ts";

type Fetcher = { fetch(request: Request): Promise<Response> };
type FrontEnv = { API: Fetcher; ASSETS?: Fetcher };

const compressible = /^(?:text\/|application\/(?:javascript|json|manifest)|image\/svg)/;

async function serveFile(request: Request, assets: Fetcher | undefined): Promise<Response> {
  if (!assets) return new Response("The dashboard is not part of this stack.\n", { status: 404 });
  const file = await assets.fetch(request);
  const type = file.headers.get("content-type") ?? "";
  const accepted = request.headers.get("accept-encoding") ?? "";
  if (!file.body || !compressible.test(type) || !accepted.includes("gzip")) return file;
  // workerd compresses the body itself when the header promises it.
  const headers = new Headers(file.headers);
  headers.delete("content-length");
  headers.set("content-encoding", "gzip");
  headers.append("vary", "accept-encoding");
  return new Response(file.body, { status: file.status, headers });
}

function fetch(request: Request, env: FrontEnv): Promise<Response> {
  // Cloudflare states who is calling; here everybody is this machine, unless a test plays somebody else.
  const known = request.headers.has("cf-connecting-ip");
  const named = known ? request : new Request(request);
  if (!known) named.headers.set("cf-connecting-ip", "127.0.0.1");
  return onRequest({ request: named, env, next: () => serveFile(named, env.ASSETS) });
}

// biome-ignore lint/style/noDefaultExport: the runtime looks for a default export
export default { fetch };
