/** The one way to MySQL: the PlanetScale protocol over HTTP, in production as on one machine. */
import { Client } from "@planetscale/database";
import { drizzle, type PlanetScaleDatabase } from "drizzle-orm/planetscale-serverless";
import { limitConcurrency } from "./concurrency.ts";

export type Db = { readonly orm: PlanetScaleDatabase; readonly client: Client };

/** Workers hold six connections per invocation (Cloudflare limits); one is left for the provider. */
const maxConnections = 5;

/** `url`: https://user:password@host, or http:// for the local gateway. */
export function openDb(url: string): Db {
  const limited = limitConcurrency(maxConnections);
  const client = new Client({
    url,
    fetch: (input, init) => limited(() => fetch(input, withoutCache(init))),
  });
  return { orm: drizzle({ client }), client };
}

// workerd knows no `cache` field on a request.
function withoutCache(init: unknown): RequestInit {
  const { cache: _cache, ...rest } = (init ?? {}) as RequestInit & { cache?: unknown };
  return rest;
}
