/** API keys: listed by hint, shown whole once. */
import { type ApiKey, listApiKeys } from "#db/repos/api-keys";
import { problem } from "../problem.ts";
import { createRouter } from "../router.ts";
import { endApiKey, issueApiKey } from "../settings/api-keys.ts";
import * as contract from "./api-keys.schema.ts";

export const apiKeys = createRouter();

apiKeys.openapi(contract.listApiKeys, async (c) =>
  c.json({ data: (await listApiKeys(c.var.scope)).map(apiKeyJson) }, 200),
);

apiKeys.openapi(contract.createApiKey, async (c) => {
  const issued = await issueApiKey(c.var, c.req.valid("json").name, c.var.person.id);
  return c.json({ ...apiKeyJson(issued), key: issued.key }, 201);
});

apiKeys.openapi(contract.revokeApiKey, async (c) => {
  const out = await endApiKey(c.var, c.req.valid("param").id);
  return out.ok ? c.body(null, 204) : problem(c, out.error);
});

function apiKeyJson({ id, name, hint, createdAt, lastUsedAt }: ApiKey) {
  return {
    id,
    name,
    hint,
    created_at: createdAt.toISOString(),
    last_used_at: lastUsedAt?.toISOString() ?? null,
  };
}
