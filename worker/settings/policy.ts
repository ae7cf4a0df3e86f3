/** How often and at what hours the workspace writes to a person. */
import { changeTenant, getTenant } from "#db/repos/tenants";
import { inTransaction } from "#db/transaction";
import { type SendPolicy, sendPolicy } from "#domain/sending/policy";
import { audit } from "../audit.ts";
import type { Act } from "./act.ts";

/** As the API takes it; what is absent stays as it is, a channel that is given is replaced as a whole. */
export type PolicyPatch = { readonly [K in keyof SendPolicy]?: SendPolicy[K] | undefined };

export async function readPolicy({ scope }: Pick<Act, "scope">) {
  const { policy, timeZone } = await getTenant(scope);
  return { ...sendPolicy.parse(policy ?? {}), time_zone: timeZone };
}

export async function patchPolicy({ scope, deps, actor }: Act, patch: PolicyPatch) {
  return inTransaction(scope, async (tx) => {
    const { time_zone: _zone, ...before } = await readPolicy({ scope: tx });
    const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
    const after = sendPolicy.parse({ ...before, ...given });
    await changeTenant(tx, { policy: after }, new Date(deps.now()));
    await audit(tx, deps, actor, { action: "policy.update", subject: scope.tenantId, before, after });
    return readPolicy({ scope: tx });
  });
}
