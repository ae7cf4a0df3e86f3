/** Recipient links that were not answered ahead (worker/recipient/answer.ts): decoys, links without a run, and nothing. */
import type { Context } from "hono";
import { linkTable, runOfMessage } from "#db/repos/recipients";
import { decoyPosition } from "#domain/tracking/rules";
import type { AppEnv } from "../context.ts";
import { neverKept } from "../recipient/answer.ts";
import { hitOf, noteHit } from "../recipient/hits.ts";
import { type Visit, visitOf } from "../recipient/visit.ts";
import { createRouter } from "../router.ts";
import { nothingHere, unknownLink } from "./hosted/unknown.ts";

export const track = createRouter();

// No page: an image is looked for here.
track.get("/t/o/:token", (c) => c.body(null, 404, neverKept));

track.get("/t/c/:run/:token", async (c) => {
  const visit = await visitOf(c, "track");
  if (!visit) return unknownLink(c);
  const note = () => noteHit(c.env, c.executionCtx, hitOf(c.req.raw, visit, "clicked"));
  if (visit.position === decoyPosition) {
    note();
    return nothingHere(c);
  }
  const url = await linkOf(c, visit);
  if (!url) return unknownLink(c);
  note();
  return c.body(null, 302, { ...neverKept, location: url });
});

/** By the message itself: a transactional message's links, or a link whose run was cut out of it. */
async function linkOf(c: Context<AppEnv>, visit: Visit): Promise<string | undefined> {
  const { position, messageId } = visit;
  if (position === null) return undefined;
  const runId = await runOfMessage(visit.scope, messageId);
  const table = runId ? await linkTable(visit.scope, runId) : [];
  if (!table[position]) c.var.deps.log("click.no_such_link", { run: runId, position });
  return table[position];
}
