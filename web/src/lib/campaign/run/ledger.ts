/** Addresses of the ledger, relative to the page of its campaign. */
import type { LedgerFilter } from "../queries.ts";

export function ledgerHref({ state, reason }: LedgerFilter = {}): string {
  const search = new URLSearchParams({ tab: "recipients" });
  if (state) search.set("state", state);
  if (reason !== undefined) search.set("reason", reason);
  return `?${search}`;
}
