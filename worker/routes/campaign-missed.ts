/** Those a run left out: how many may be written to now, and sending to them. */
import { previewMissed, sendToMissed } from "../campaign/missed.ts";
import { problem } from "../problem.ts";
import { createRouter } from "../router.ts";
import * as contract from "./campaign-missed.schema.ts";

export const campaignMissed = createRouter();

campaignMissed.openapi(contract.previewMissed, async (c) => {
  const out = await previewMissed(c.var, c.req.valid("param").id);
  return out.ok ? c.json(out.value, 200) : problem(c, out.error);
});

campaignMissed.openapi(contract.sendMissed, async (c) => {
  const out = await sendToMissed(c.var, c.req.valid("param").id);
  return out.ok ? c.json(out.value, 202) : problem(c, out.error);
});
