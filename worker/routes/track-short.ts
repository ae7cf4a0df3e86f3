/** Clicks in text messages: an address as short as it can be, answered as those of mails are. */
import { frozenUrl } from "../recipient/link-tables.ts";
import { shortVisitOf } from "../recipient/short-visit.ts";
import { hitOf, noteHit } from "../recipient/visit.ts";
import { createRouter } from "../router.ts";
import { unknownLink } from "./hosted/unknown.ts";
import { neverKept } from "./never-kept.ts";

export const trackShort = createRouter();
export const unknownShortLinks = createRouter();

trackShort.get("/t/s/:token", async (c, next) => {
  const visit = await shortVisitOf(c, "track");
  const url = visit && (await frozenUrl(c.var.deps, visit, visit.runId));
  if (!visit || !url) return next();
  noteHit(c, hitOf(c, visit, "clicked"));
  return c.body(null, 302, { ...neverKept, location: url });
});

unknownShortLinks.get("/t/s/:token", unknownLink);
