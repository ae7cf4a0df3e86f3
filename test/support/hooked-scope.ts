/** A tenant's scope whose every request to the database passes through the test: to fail, to wait, to interfere. */
import { Client } from "@planetscale/database";
import { drizzle } from "drizzle-orm/planetscale-serverless";
import { TenantDb } from "#db/scope";
import type { TenantId } from "#domain/ids";
import { databaseUrl } from "./scope.ts";

/**
 * `forward` sends the statement on its way; not calling it is a database that was never reached. `undo` rolls back the
 * transaction it belongs to, as the database does with one whose owner is gone; only it need not be waited for.
 */
export type Hook = (
  statement: string,
  forward: () => Promise<Response>,
  undo: () => Promise<unknown>,
) => Promise<Response>;

export function hookedScope(tenantId: TenantId, hook: Hook): TenantDb {
  let session: unknown = null;
  const client = new Client({
    url: databaseUrl(),
    fetch: (url, init) => {
      const { cache: _cache, ...request } = (init ?? {}) as RequestInit & { cache?: unknown };
      const { query } = JSON.parse(String(request.body)) as { query: string };
      const forward = async () => {
        const response = await fetch(url, request);
        session = ((await response.clone().json()) as { session?: unknown }).session ?? session;
        return response;
      };
      const undo = () => fetch(url, { ...request, body: JSON.stringify({ query: "ROLLBACK", session }) });
      return hook(query, forward, undo);
    },
  });
  return new TenantDb(drizzle({ client }), tenantId);
}
