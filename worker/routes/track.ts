/** Opens and clicks: seen, noted on a queue, and answered at once. */
import type { Context } from "hono";
import { linkTable, runOfMessage } from "#db/repos/recipients";
import { decoyPosition } from "#domain/tracking/rules";
import { runNamed } from "#domain/tracking/urls";
import type { AppEnv } from "../context.ts";
import { hitOf, noteHit, type Visit, visitOf } from "../recipient/visit.ts";
import { createRouter } from "../router.ts";
import { nothingHere, unknownLink } from "./hosted/unknown.ts";

/** Answers what it knows, and leaves the rest to `unknownLinks`, behind the middleware every other route has. */
export const track = createRouter();
export const unknownLinks = createRouter();

/** One transparent pixel: GIF89a, 43 bytes. */
const pixel = Uint8Array.from(atob("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw=="), (c) =>
  c.charCodeAt(0),
);
const neverKept = {
  "cache-control": "no-store, no-cache, private, max-age=0",
  "x-robots-tag": "noindex, nofollow",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
} as const;

track.get("/t/o/:token", async (c, next) => {
  const visit = await visitOf(c, "track");
  if (!visit || visit.position !== null) return next();
  noteHit(c, hitOf(c, visit, "opened"));
  return c.body(pixel, 200, { ...neverKept, "content-type": "image/gif" });
});

track.get("/t/c/:run/:token", async (c, next) => {
  const visit = await visitOf(c, "track");
  if (visit?.position === decoyPosition) {
    noteHit(c, hitOf(c, visit, "clicked"));
    return nothingHere(c);
  }
  const url = visit && (await linkOf(c, visit));
  if (!visit || !url) return next();
  noteHit(c, hitOf(c, visit, "clicked"));
  return c.body(null, 302, { ...neverKept, location: url });
});

// No page: an image is looked for here.
unknownLinks.get("/t/o/:token", (c) => c.body(null, 404, neverKept));
unknownLinks.get("/t/c/:run/:token", unknownLink);

// A run's links are frozen with its content, so what was read once stays true.
const tables = new Map<string, readonly string[]>();
const maxTables = 500;

/** Only what was frozen at launch: whatever the request says, it cannot name another address. */
async function linkOf(c: Context<AppEnv>, visit: Visit): Promise<string | undefined> {
  const { position, messageId } = visit;
  if (position === null) return undefined;
  const runId = runNamed(c.req.param("run") ?? "") ?? (await runOfMessage(visit.scope, messageId));
  if (!runId) return undefined;
  const key = `${visit.tenantId}:${runId}`;
  let table = tables.get(key);
  if (!table) {
    table = await linkTable(visit.scope, runId);
    if (tables.size >= maxTables) tables.delete(tables.keys().next().value ?? "");
    // A name that leads nowhere is not worth keeping: anybody can make one up.
    if (table.length > 0) tables.set(key, table);
  }
  if (!table[position]) c.var.deps.log("click.no_such_link", { run: runId, position });
  return table[position];
}
