/** Changing the workspace's own settings. */
import { changeTenant, getTenant, type Tenant, type TenantChange } from "#db/repos/tenants";
import { inTransaction } from "#db/transaction";
import { normalizeEmail, normalizeTimeZone } from "#domain/contact/address";
import type { FieldError } from "#domain/failure";
import { fail, ok, type Result } from "#domain/result";
import { defaultOptOut, type OptOutWords } from "#domain/sms/opt-out";
import { audit } from "../audit.ts";
import type { Act } from "./act.ts";

/** As the API takes it; what is absent stays as it is. */
export type TenantPatch = {
  readonly name?: string | undefined;
  readonly time_zone?: string | undefined;
  readonly postal_address?: string | undefined;
  readonly from_name?: string | undefined;
  readonly from_email?: string | undefined;
  readonly reply_to?: string | undefined;
  readonly sms_opt_out?: OptOutWords | undefined;
};

export async function patchTenant({ scope, deps, actor }: Act, patch: TenantPatch): Promise<Result<Tenant>> {
  const change = checked(patch);
  if (!change.ok) return change;
  return inTransaction(scope, async (tx) => {
    const before = await getTenant(tx);
    await changeTenant(tx, change.value, new Date(deps.now()));
    const after = await getTenant(tx);
    const entry = { before: tenantJson(before), after: tenantJson(after) };
    await audit(tx, deps, actor, { action: "tenant.update", subject: after.id, ...entry });
    return ok(after);
  });
}

function checked(patch: TenantPatch): Result<TenantChange> {
  const errors: FieldError[] = [];
  const email = (key: "from_email" | "reply_to") => {
    const text = patch[key];
    // Empty takes the address away again.
    if (text === undefined || text === "") return text;
    const normal = normalizeEmail(text);
    if (!normal) errors.push({ pointer: `/${key}`, detail: "This is not an e-mail address." });
    return normal;
  };
  const timeZone = patch.time_zone === undefined ? undefined : normalizeTimeZone(patch.time_zone);
  if (patch.time_zone !== undefined && !timeZone)
    errors.push({ pointer: "/time_zone", detail: "This is not an IANA time zone such as Europe/Dublin." });
  const change = {
    name: patch.name,
    timeZone,
    postalAddress: patch.postal_address,
    fromName: patch.from_name,
    fromEmail: email("from_email"),
    replyTo: email("reply_to"),
    smsOptOut: patch.sms_opt_out,
  };
  return errors.length > 0 ? fail({ kind: "invalid", errors }) : ok(change);
}

export function tenantJson(tenant: Tenant) {
  return {
    id: tenant.id,
    name: tenant.name,
    time_zone: tenant.timeZone,
    postal_address: tenant.postalAddress,
    from_name: tenant.fromName,
    from_email: tenant.fromEmail,
    reply_to: tenant.replyTo,
    sms_opt_out: tenant.smsOptOut ?? defaultOptOut,
    created_at: tenant.createdAt.toISOString(),
  };
}
