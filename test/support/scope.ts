/** A tenant of a test's own in the real database, with clock, ids and chance handed in. */
import { inject } from "vitest";
import { openDb } from "#db/client";
import { TenantDb } from "#db/scope";
import type { TenantId } from "#domain/ids";
import { idMint } from "#domain/ports";

const random = (bytes: Uint8Array) => void crypto.getRandomValues(bytes);

export const newId = idMint(() => Date.now(), random);

export function databaseUrl(): string {
  const url = inject("databaseUrl" as never) as string | undefined;
  if (!url) throw new Error("no database: run this through the project `db` of vitest.config.ts");
  return url;
}

export function newScope(tenantId: TenantId = newId("ten")): TenantDb {
  return new TenantDb(openDb(databaseUrl()).orm, tenantId);
}
