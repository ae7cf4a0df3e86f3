/** Making and revoking API keys. */
import { type ApiKey, insertApiKey, revokeApiKey } from "#db/repos/api-keys";
import { inTransaction } from "#db/transaction";
import type { ApiKeyId, UserId } from "#domain/ids";
import { fail, ok, type Result } from "#domain/result";
import { audit } from "../audit.ts";
import { newApiKey } from "../auth/api-key.ts";
import type { Act } from "./act.ts";

/** `key` is shown this once: only its digest is kept. */
export async function issueApiKey(
  { scope, deps, actor }: Act,
  name: string,
  createdBy: UserId,
): Promise<ApiKey & { readonly key: string }> {
  const { key, hint, hash } = await newApiKey(deps.random);
  const row = { id: deps.newId("key"), name, hint, createdAt: new Date(deps.now()) };
  await inTransaction(scope, async (tx) => {
    await insertApiKey(tx, { ...row, keyHash: hash, createdBy });
    await audit(tx, deps, actor, { action: "api_key.create", subject: row.id, after: { name, hint } });
  });
  return { ...row, lastUsedAt: null, key };
}

export async function endApiKey({ scope, deps, actor }: Act, id: ApiKeyId): Promise<Result<undefined>> {
  return inTransaction(scope, async (tx) => {
    const revoked = await revokeApiKey(tx, id, new Date(deps.now()));
    if (!revoked) return fail({ kind: "not_found", what: "API key" });
    const before = { name: revoked.name, hint: revoked.hint };
    await audit(tx, deps, actor, { action: "api_key.revoke", subject: id, before });
    return ok();
  });
}
