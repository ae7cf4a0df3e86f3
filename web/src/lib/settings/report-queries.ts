/** What is asked of the API about the reports of one connection. */
import { keepPreviousData, queryOptions } from "@tanstack/svelte-query";
import { got, type Schema } from "#lib/api/client.ts";
import type { Session } from "#lib/session.svelte.ts";

export type ProviderReport = Schema<"ProviderReport">;

export function reportsQuery(session: Session, id: string, cursor?: string) {
  return queryOptions({
    queryKey: session.key("reports", id, cursor),
    queryFn: ({ signal }) =>
      got(
        session.api.GET("/v1/connections/{id}/reports", {
          params: { path: { id }, query: { cursor, limit: 50 } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
}
export function reportQuery(session: Session, id: string, report: string) {
  return queryOptions({
    queryKey: session.key("reports", id, "one", report),
    queryFn: ({ signal }) =>
      got(
        session.api.GET("/v1/connections/{id}/reports/{report}", {
          params: { path: { id, report } },
          signal,
        }),
      ),
  });
}
