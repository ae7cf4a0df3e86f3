/** Signing up, signing in, and new workspaces. */
import { isDuplicate } from "#db/errors";
import type { NewTenant } from "#db/system/accounts";
import { normalizeEmail, normalizeTimeZone } from "#domain/contact/address";
import type { UserId } from "#domain/ids";
import { fail, ok, type Result } from "#domain/result";
import { newWrappedKey, sealJson, unwrapKey } from "#domain/tenant/sealing";
import type { Deps } from "#queues/deps";
import { newWebhookSecret } from "#queues/providers/standard-webhooks";
import { auditRow } from "../audit.ts";
import { rateLimited } from "../rate-limit.ts";
import { hashPassword, verifyPassword } from "./password.ts";

/** How fast the built-in sandbox takes mail, until somebody sets another rate. */
const sandboxRatePerSecond = 500;

export type SignUp = {
  readonly email: string;
  readonly password: string;
  readonly name: string;
  readonly tenant_name: string;
  readonly time_zone: string;
};

export async function signUp(deps: Deps, input: SignUp, ip: string): Promise<Result<UserId>> {
  const email = normalizeEmail(input.email);
  if (!email) return badEmail;
  const timeZone = normalizeTimeZone(input.time_zone);
  if (!timeZone) return badTimeZone;
  const limited = await rateLimited(deps.env.AUTH_LIMIT, `${ip} ${email}`);
  if (limited) return fail(limited);
  const id = deps.newId("usr");
  const passwordHash = await hashPassword(input.password, deps.random);
  const tenant = await newTenant(deps, input.tenant_name, timeZone, { id, name: input.name, ip });
  try {
    const owner = { id, email, name: input.name, passwordHash };
    await deps.system.accounts.createTenant(tenant, owner, new Date(deps.now()));
    return ok(id);
  } catch (error) {
    if (isDuplicate(error)) return emailTaken;
    throw error;
  }
}

export async function logIn(
  deps: Deps,
  input: { readonly email: string; readonly password: string },
  ip: string,
): Promise<Result<UserId>> {
  const email = normalizeEmail(input.email);
  const limited = await rateLimited(deps.env.AUTH_LIMIT, `${ip} ${email ?? ""}`);
  if (limited) return fail(limited);
  const user = email ? await deps.system.accounts.byEmail(email) : undefined;
  const right = await verifyPassword(input.password, user?.passwordHash);
  return user && right ? ok(user.id) : fail({ kind: "wrong_credentials" });
}

export async function addWorkspace(
  deps: Deps,
  input: { readonly name: string; readonly time_zone: string },
  owner: { readonly id: UserId; readonly name: string; readonly ip: string },
): Promise<Result<UserId>> {
  const timeZone = normalizeTimeZone(input.time_zone);
  if (!timeZone) return badTimeZone;
  const tenant = await newTenant(deps, input.name, timeZone, owner);
  await deps.system.accounts.createTenant(tenant, owner.id, new Date(deps.now()));
  return ok(owner.id);
}

async function newTenant(
  deps: Deps,
  name: string,
  timeZone: string,
  owner: { readonly id: UserId; readonly name: string; readonly ip: string },
): Promise<NewTenant> {
  const id = deps.newId("ten");
  const connectionId = deps.newId("cxn");
  const deploymentKey = await deps.deploymentKey();
  const wrappedKey = await newWrappedKey(deploymentKey, id, deps.random);
  const key = await unwrapKey(deploymentKey, id, wrappedKey);
  const secrets = { webhook_secret: newWebhookSecret(deps.random) };
  return {
    id,
    name,
    timeZone,
    wrappedKey,
    connection: {
      id: connectionId,
      name: "Sandbox",
      settings: { idempotency: true, evidence: true },
      ratePerSecond: sandboxRatePerSecond,
      sealed: await sealJson(key, connectionId, secrets, deps.random),
    },
    audit: auditRow(deps, owner, {
      action: "tenant.create",
      subject: id,
      after: { name, time_zone: timeZone },
    }),
  };
}

export const badEmail = fail({
  kind: "invalid",
  errors: [{ pointer: "/email", detail: "This is not an e-mail address." }],
});
export const badTimeZone = fail({
  kind: "invalid",
  errors: [{ pointer: "/time_zone", detail: "This is not an IANA time zone such as Europe/Dublin." }],
});
export const emailTaken = fail({ kind: "taken", what: "This e-mail address", pointer: "/email" });
