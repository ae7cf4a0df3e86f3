/** Opens and clicks: seen, noted on a queue, and answered at once. */
import type { Context } from "hono";
import { linkTable, runOfMessage } from "#db/repos/recipients";
import type { RunId } from "#domain/ids";
import type { AppEnv } from "../context.ts";
import { hitOf, noteHit, type Visit, visitOf } from "../recipient/visit.ts";
import { createRouter } from "../router.ts";
import { unknownLink } from "./hosted/unknown.ts";

export const track = createRouter();

/** One transparent pixel: GIF89a, 43 bytes. */
const pixel = Uint8Array.from(atob("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw=="), (c) =>
  c.charCodeAt(0),
);
const neverKept = {
  "cache-control": "no-store, no-cache, private, max-age=0",
  "x-robots-tag": "noindex, nofollow",
} as const;

track.get("/t/o/:token", async (c) => {
  const visit = await visitOf(c, "track");
  // No page: an image is looked for here.
  if (!visit || visit.position !== null) return c.body(null, 404, neverKept);
  noteHit(c, hitOf(c, visit, "opened"));
  return c.body(pixel, 200, { ...neverKept, "content-type": "image/gif" });
});

track.get("/t/c/:token", async (c) => {
  const visit = await visitOf(c, "track");
  const url = visit && (await linkOf(c, visit));
  if (!visit || !url) return unknownLink(c);
  noteHit(c, hitOf(c, visit, "clicked"));
  return c.body(null, 302, { ...neverKept, location: url });
});

// A run's links are frozen with its content, so what was read once stays true.
const tables = new Map<RunId, readonly string[]>();
const maxTables = 500;

/** Only what was frozen at launch: whatever the request says, it cannot name another address. */
async function linkOf(
  c: Context<AppEnv>,
  { scope, messageId, position }: Visit,
): Promise<string | undefined> {
  if (position === null) return undefined;
  const runId = await runOfMessage(scope, messageId);
  if (!runId) return undefined;
  let table = tables.get(runId);
  if (!table) {
    table = await linkTable(scope, runId);
    if (tables.size >= maxTables) tables.delete(tables.keys().next().value as RunId);
    tables.set(runId, table);
  }
  if (!table[position]) c.var.deps.log("click.no_such_link", { run: runId, position });
  return table[position];
}
