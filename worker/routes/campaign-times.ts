/** When a campaign at one wall time everywhere reaches whom. */
import { localTimes } from "../campaign/local-times.ts";
import { problem } from "../problem.ts";
import { createRouter } from "../router.ts";
import * as contract from "./campaign-times.schema.ts";

export const campaignTimes = createRouter();

campaignTimes.openapi(contract.campaignLocalTimes, async (c) => {
  const { at } = c.req.valid("query");
  const out = await localTimes(c.var, c.req.valid("param").id, at ? new Date(at) : undefined);
  return out.ok ? c.json(out.value, 200) : problem(c, out.error);
});
