/** Addresses of the ledger, relative to the page of its campaign. */
import type { LedgerFilter } from "../queries.ts";

export function ledgerHref({ state, reason, waiting }: LedgerFilter = {}): string {
  const search = new URLSearchParams({ tab: "recipients" });
  if (state) search.set("state", state);
  if (reason !== undefined) search.set("reason", reason);
  if (waiting) search.set("waiting", waiting);
  return `?${search}`;
}

/** The same rows as a file; the workspace stands in the address, as a link sets no headers. */
export function ledgerFile(id: string, tenantId: string, filter: LedgerFilter): string {
  const search = new URLSearchParams({ tenant_id: tenantId });
  for (const [name, value] of Object.entries(filter)) if (value !== undefined) search.set(name, value);
  return `/v1/campaigns/${id}/messages.csv?${search}`;
}
