/** Clicks in text messages: an address as short as it can be, answered as those of mails are. */
import { hitOf, noteHit } from "../recipient/hits.ts";
import { frozenUrl } from "../recipient/link-tables.ts";
import { shortVisitOf } from "../recipient/short-visit.ts";
import { createRouter } from "../router.ts";
import { unknownLink } from "./hosted/unknown.ts";
import { neverKept } from "./never-kept.ts";

export const trackShort = createRouter();

trackShort.get("/t/s/:token", async (c) => {
  const visit = await shortVisitOf(c, "track");
  const url = visit && (await frozenUrl(visit, visit.runId, c.var.deps.scope));
  if (!visit || !url) return unknownLink(c);
  noteHit(c.env, c.executionCtx, visit.tenantId, hitOf(c.req.raw, visit, "clicked"));
  return c.body(null, 302, { ...neverKept, location: url });
});
