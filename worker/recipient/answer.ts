/**
 * Opens and clicks, answered ahead of the router: they are most of all requests, and the answer is small. Whatever is
 * not plainly one of them goes the way of every other request (worker/routes/track.ts).
 */
import { decoyPosition } from "#domain/tracking/rules";
import type { Signer } from "#domain/tracking/signer";
import { verifyToken } from "#domain/tracking/token";
import { runNamed } from "#domain/tracking/urls";
import { createDeps } from "#queues/deps";
import { neverKept } from "../routes/never-kept.ts";
import { hitOf, noteHit } from "./hits.ts";
import { frozenUrl } from "./link-tables.ts";

/** One transparent pixel: GIF89a, 43 bytes. */
const pixel = Uint8Array.from(atob("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw=="), (c) =>
  c.charCodeAt(0),
);
// The key belongs to the deployment, as this isolate does.
let signer: Signer | undefined;
const pixelHeaders = { ...neverKept, "content-type": "image/gif" };

/** Undefined where the request is neither, or its link leads nowhere. */
export async function answerHit(
  request: Request,
  env: Env,
  ctx: ExecutionContext,
): Promise<Response | undefined> {
  const { url, method } = request;
  if (method !== "GET" && method !== "HEAD") return undefined;
  // Of an absolute address: the first slash after "https://" begins the path.
  const path = url.indexOf("/", 8);
  const isOpen = url.startsWith("/t/o/", path);
  if (!isOpen && !url.startsWith("/t/c/", path)) return undefined;
  const query = url.indexOf("?", path);
  const rest = url.slice(path + 5, query === -1 ? undefined : query);
  const slash = rest.indexOf("/");
  if ((slash === -1) !== isOpen) return undefined;

  signer ??= (await createDeps(env).deploymentKey()).sign;
  const visit = verifyToken(signer, "track", rest.slice(slash + 1));
  if (!visit) return undefined;
  if (isOpen) {
    if (visit.position !== null) return undefined;
    noteHit(env, ctx, visit.tenantId, hitOf(request, visit, "opened"));
    return new Response(method === "HEAD" ? null : pixel, { headers: pixelHeaders });
  }
  const runId = runNamed(rest.slice(0, slash));
  if (!runId || visit.position === null || visit.position === decoyPosition) return undefined;
  const location = await frozenUrl(visit, runId, (tenantId) => createDeps(env).scope(tenantId));
  if (!location) return undefined;
  noteHit(env, ctx, visit.tenantId, hitOf(request, visit, "clicked"));
  // Nobody keeps a 302 that does not say so (RFC 9111 section 4.2.2), and it passes on the referrer of the mail, not itself.
  return new Response(null, { status: 302, headers: { location, "x-robots-tag": "noindex, nofollow" } });
}
