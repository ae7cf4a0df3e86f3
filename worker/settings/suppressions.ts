/** Suppressing an address by hand, and lifting it again. */
import {
  findSuppression,
  liftSuppression,
  type SuppressedAddress,
  type Suppression,
  suppress,
} from "#db/repos/suppressions";
import { inTransaction } from "#db/transaction";
import { normalizeEmail, normalizePhone } from "#domain/contact/address";
import { fail, ok, type Result } from "#domain/result";
import { audit } from "../audit.ts";
import type { Act } from "./act.ts";

export async function suppressByHand(
  { scope, deps, actor }: Act,
  input: { readonly address: string; readonly detail: string },
): Promise<Result<Suppression>> {
  const address = addressOf(input.address);
  if (!address)
    return fail({
      kind: "invalid",
      errors: [{ pointer: "/address", detail: "This is neither an e-mail address nor a phone number." }],
    });
  return inTransaction(scope, async (tx) => {
    const row = {
      ...address,
      reason: "manual" as const,
      detail: input.detail,
      createdAt: new Date(deps.now()),
    };
    // Already suppressed: the reason that was there first says more than "by hand".
    if (!(await suppress(tx, row))) return ok((await findSuppression(tx, address)) ?? row);
    const after = { channel: row.channel, reason: row.reason, detail: row.detail };
    await audit(tx, deps, actor, { action: "suppression.create", subject: row.address, after });
    return ok(row);
  });
}

export async function liftByHand({ scope, deps, actor }: Act, text: string): Promise<Result<undefined>> {
  const address = addressOf(text);
  if (!address) return notFound;
  return inTransaction(scope, async (tx) => {
    const before = await findSuppression(tx, address);
    if (!before || !(await liftSuppression(tx, address))) return notFound;
    await audit(tx, deps, actor, {
      action: "suppression.lift",
      subject: before.address,
      before: { channel: before.channel, reason: before.reason, detail: before.detail },
    });
    return ok();
  });
}

/** E-mail addresses have an `@`, phone numbers in E.164 begin with `+`. */
function addressOf(text: string): SuppressedAddress | undefined {
  const email = normalizeEmail(text);
  if (email) return { channel: "email", address: email };
  const phone = normalizePhone(text);
  return phone ? { channel: "sms", address: phone } : undefined;
}

const notFound = fail({ kind: "not_found", what: "suppression" });
