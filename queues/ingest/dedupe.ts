/** The same report twice is one event: each has a key made from its origin and the origin's own id. */
import { knownEvents } from "#db/repos/events";
import type { TenantDb } from "#db/scope";
import type { Report } from "./report.ts";

const keyBytes = 16;

export async function dedupeKey(origin: string, id: string): Promise<Uint8Array> {
  const text = new TextEncoder().encode(`${origin}\0${id}`);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", text)).slice(0, keyBytes);
}

const text = (key: Uint8Array) => key.toString();

/** Those not yet recorded, each once. */
export async function unseen(scope: TenantDb, reports: readonly Report[]): Promise<Report[]> {
  const byKey = new Map<string, Report>();
  for (const report of reports) {
    const key = text(report.dedupeKey);
    if (!byKey.has(key)) byKey.set(key, report);
  }
  const known = await knownEvents(
    scope,
    [...byKey.values()].map((r) => r.dedupeKey),
  );
  for (const key of known) byKey.delete(text(key));
  return [...byKey.values()];
}
