/** The same report twice is one event: each has a key made from its origin and the origin's own id. */
import { knownEvents } from "#db/repos/events";
import type { TenantDb } from "#db/scope";
import type { Report } from "./report.ts";

const keyBytes = 16;
const visitorBytes = 8;

export async function dedupeKey(origin: string, id: string): Promise<Uint8Array> {
  return (await digest(`${origin}\0${id}`)).slice(0, keyBytes);
}

/** Null where the address is not known: an agent alone is nobody. */
export async function visitorKey(ip: string, userAgent: string): Promise<Uint8Array | null> {
  if (ip === "" || ip === "unknown") return null;
  return (await digest(`${ip}\0${userAgent}`)).slice(0, visitorBytes);
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

const text = (key: Uint8Array) => key.toString();

/** Each once. */
export function distinct(reports: readonly Report[]): Report[] {
  const byKey = new Map<string, Report>();
  for (const report of reports) {
    const key = text(report.dedupeKey);
    if (!byKey.has(key)) byKey.set(key, report);
  }
  return [...byKey.values()];
}

/**
 * Those that change more than the ledger: what they did to people must not be done again by a repeat, weeks later. All
 * other reports may be applied twice, so nobody asks about them.
 */
const careful = new Set<Report["kind"]>(["bounced", "complained", "unsubscribed"]);

export async function neverSeen(scope: TenantDb, reports: readonly Report[]): Promise<ReadonlySet<Report>> {
  const asked = reports.filter((report) => careful.has(report.kind));
  const keys = asked.map((report) => report.dedupeKey);
  const known = new Set((await knownEvents(scope, keys)).map(text));
  return new Set(asked.filter((report) => !known.has(text(report.dedupeKey))));
}
