/** Recipient links that were not answered ahead (worker/recipient/answer.ts): decoys, links without a run, and nothing. */
import { runOfMessage } from "#db/repos/recipients";
import { decoyPosition } from "#domain/tracking/rules";
import { hitOf, noteHit } from "../recipient/hits.ts";
import { frozenUrl } from "../recipient/link-tables.ts";
import { visitOf } from "../recipient/visit.ts";
import { createRouter } from "../router.ts";
import { nothingHere, unknownLink } from "./hosted/unknown.ts";
import { neverKept } from "./never-kept.ts";

export const track = createRouter();

// No page: an image is looked for here.
track.get("/t/o/:token", (c) => c.body(null, 404, neverKept));

track.get("/t/c/:run/:token", async (c) => {
  const visit = await visitOf(c, "track");
  if (!visit) return unknownLink(c);
  const note = () => noteHit(c.env, c.executionCtx, visit.tenantId, hitOf(c.req.raw, visit, "clicked"));
  if (visit.position === decoyPosition) {
    note();
    return nothingHere(c);
  }
  // By the message itself: a transactional message's links, or a link whose run was cut out of it.
  const runId = await runOfMessage(visit.scope, visit.messageId);
  const url = runId && (await frozenUrl(visit, runId, c.var.deps.scope));
  if (!url) return unknownLink(c);
  note();
  return c.body(null, 302, { ...neverKept, location: url });
});
