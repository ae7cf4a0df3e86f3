/** The one way to MySQL: the PlanetScale protocol over HTTP, in production as on one machine. */
import { type Cast, Client } from "@planetscale/database";
import { drizzle, type PlanetScaleDatabase } from "drizzle-orm/planetscale-serverless";
import { limitConcurrency } from "./concurrency.ts";
import { fillIn, readValue } from "./wire.ts";

export type Db = {
  readonly orm: PlanetScaleDatabase;
  /** Marks each statement as one that may look across tenants; only db/system uses it. */
  readonly crossTenant: PlanetScaleDatabase;
};

/** Workers hold six connections per invocation (Cloudflare limits): half are for the database, half for providers. */
const maxConnections = 3;

/** `url`: https://user:password@host, or http:// for the local gateway. */
export function openDb(url: string): Db {
  const limited = limitConcurrency(maxConnections);
  const client = new Client({
    url,
    cast: readValue as Cast,
    format: fillIn,
    fetch: (input, init) => limited(() => fetch(input, ended(init))),
  });
  return { orm: drizzle({ client }), crossTenant: drizzle({ client: marked(client) }) };
}

/** The gateway refuses statements on tenant tables that name no tenant, unless they begin with this mark. */
function marked(client: Client): Client {
  const execute: Client["execute"] = (query: string, args?: unknown, options?: unknown) =>
    client.execute(`/* cross-tenant */ ${query}`, args as never, options as never);
  return Object.create(client, { execute: { value: execute } });
}

/** PlanetScale ends a statement after 20 seconds; an answer that is later than this is lost. */
const patienceMs = 25_000;

// workerd knows no `cache` field on a request.
function ended(init: unknown): RequestInit {
  const { cache: _cache, ...rest } = (init ?? {}) as RequestInit & { cache?: unknown };
  return { ...rest, signal: AbortSignal.timeout(patienceMs) };
}
