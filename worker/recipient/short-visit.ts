/** A recipient at a link of a text message: the token names the beginnings of two ids, the proof says which are meant. */
import type { Context } from "hono";
import { messagesBetween } from "#db/repos/recipients";
import type { RunId, TenantId } from "#domain/ids";
import { provesShort, rangeOf, readShortToken, type ShortPurpose } from "#domain/tracking/short-token";
import type { Deps } from "#queues/deps";
import type { AppEnv } from "../context.ts";
import type { Visit } from "./visit.ts";

export type ShortVisit = Visit & { readonly runId: RunId };

// Tenants stay; one that is made later and begins alike is not among those remembered for long.
const remembered = new Map<string, { readonly ids: readonly TenantId[]; readonly untilMs: number }>();
const rememberMs = 60_000;
const maxRemembered = 1_000;

/** Undefined for a token we did not write, or not for this purpose, and for messages that are no longer kept. */
export async function shortVisitOf(
  c: Context<AppEnv>,
  purpose: ShortPurpose,
): Promise<ShortVisit | undefined> {
  const { deps } = c.var;
  const token = readShortToken(purpose, c.req.param("token") ?? "");
  if (!token) return undefined;
  const { sign } = await deps.deploymentKey();
  for (const tenantId of await tenantsLike(deps, token.tenant)) {
    const scope = deps.scope(tenantId);
    const { first, last } = rangeOf(token.message);
    for (const { messageId, runId } of await messagesBetween(scope, first, last)) {
      if (!(await provesShort(sign, purpose, token, tenantId, messageId))) continue;
      return { tenantId, messageId, runId, position: token.position, scope };
    }
  }
  return undefined;
}

async function tenantsLike(deps: Deps, beginning: Uint8Array): Promise<readonly TenantId[]> {
  const key = beginning.join();
  const known = remembered.get(key);
  if (known && known.untilMs > deps.now()) return known.ids;
  const { first, last } = rangeOf(beginning);
  const ids = await deps.system.shortLinks.tenantsBetween(first, last);
  // Made-up beginnings are not worth keeping.
  if (ids.length === 0) return ids;
  if (remembered.size >= maxRemembered) remembered.clear();
  remembered.set(key, { ids, untilMs: deps.now() + rememberMs });
  return ids;
}
