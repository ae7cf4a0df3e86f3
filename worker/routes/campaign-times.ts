/** When a campaign at one wall time everywhere reaches whom. */
import { localTimes } from "../campaign/local-times.ts";
import { problem } from "../problem.ts";
import { createRouter } from "../router.ts";
import * as contract from "./campaign-times.schema.ts";

export const campaignTimes = createRouter();

campaignTimes.openapi(contract.campaignLocalTimes, async (c) => {
  const out = await localTimes(c.var, c.req.valid("param").id, new Date(c.req.valid("query").at));
  return out.ok ? c.json(out.value, 200) : problem(c, out.error);
});
