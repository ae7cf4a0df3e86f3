/** The workspace's sending rules. */
import { createRouter } from "../router.ts";
import { patchPolicy, readPolicy } from "../settings/policy.ts";
import * as contract from "./policy.schema.ts";

export const policy = createRouter();

policy.openapi(contract.getPolicy, async (c) => c.json(await readPolicy(c.var), 200));

policy.openapi(contract.updatePolicy, async (c) =>
  c.json(await patchPolicy(c.var, c.req.valid("json")), 200),
);
