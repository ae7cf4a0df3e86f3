/** Invitations: a secret link, kept as its digest; who has it and a password may join. */
import { isDuplicate } from "#db/errors";
import type { UserId } from "#domain/ids";
import { fail, ok, type Result } from "#domain/result";
import type { Deps } from "#queues/deps";
import { auditRow } from "../audit.ts";
import { rateLimited } from "../rate-limit.ts";
import { emailTaken } from "./accounts.ts";
import { sha256 } from "./digest.ts";
import { hashPassword, verifyPassword } from "./password.ts";

export const invitationLifeMs = 7 * 24 * 3_600_000;

export type NewInvitationToken = { readonly token: string; readonly hash: Uint8Array };

export async function newInvitationToken(random: (bytes: Uint8Array) => void): Promise<NewInvitationToken> {
  const bytes = Buffer.alloc(32);
  random(bytes);
  const token = bytes.toString("base64url");
  return { token, hash: await sha256(token) };
}

export type Acceptance = { readonly token: string; readonly name: string; readonly password: string };

/** Somebody with an account proves it by its password; somebody without gets one. */
export async function accept(deps: Deps, input: Acceptance, ip: string): Promise<Result<UserId>> {
  const now = new Date(deps.now());
  const invitation = await deps.system.accounts.openInvitation(await sha256(input.token), now);
  if (!invitation) return fail({ kind: "bad_token" });
  const limited = await rateLimited(deps.env.AUTH_LIMIT, `${ip} ${invitation.email}`);
  if (limited) return fail(limited);
  const known = await deps.system.accounts.byEmail(invitation.email);
  if (known && !(await verifyPassword(input.password, known.passwordHash)))
    return fail({ kind: "wrong_credentials" });
  if (!known && input.name === "") return nameMissing;
  const id = known?.id ?? deps.newId("usr");
  const name = known?.name ?? input.name;
  const joining = {
    tenantId: invitation.tenantId,
    invitationId: invitation.id,
    role: invitation.role,
    audit: auditRow(
      deps,
      { id, name, ip },
      { action: "member.join", subject: id, after: { email: invitation.email, role: invitation.role } },
    ),
  };
  const who = known
    ? id
    : { id, name, email: invitation.email, passwordHash: await hashPassword(input.password, deps.random) };
  try {
    const first = await deps.system.accounts.join(joining, who, now);
    return first ? ok(id) : fail({ kind: "bad_token" });
  } catch (error) {
    if (isDuplicate(error)) return emailTaken;
    throw error;
  }
}

const nameMissing = fail({
  kind: "invalid",
  errors: [{ pointer: "/name", detail: "Tell your name, to get an account." }],
});
