/** What is asked of the API about imports. */
import { keepPreviousData, queryOptions } from "@tanstack/svelte-query";
import { got, type Schema } from "#lib/api/client.ts";
import type { Session } from "#lib/session.svelte.ts";

export type Import = Schema<"Import">;
export type ImportError = Schema<"ImportError">;

const pollMs = 1_000;
const listPollMs = 3_000;

export function importsQuery(session: Session, cursor?: string) {
  return queryOptions({
    queryKey: session.key("imports", "page", cursor),
    queryFn: ({ signal }) =>
      got(session.api.GET("/v1/imports", { params: { query: { cursor, limit: 50 } }, signal })),
    placeholderData: keepPreviousData,
    refetchInterval: (query) =>
      query.state.data?.data.some(({ state }) => state === "running") ? listPollMs : false,
  });
}
/** Asked again each second while it runs. */
export function importQuery(session: Session, id: string) {
  return queryOptions({
    queryKey: session.key("import", id),
    queryFn: ({ signal }) => got(session.api.GET("/v1/imports/{id}", { params: { path: { id } }, signal })),
    refetchInterval: (query) => (query.state.data?.state === "running" ? pollMs : false),
    // The tab shows how far it is.
    refetchIntervalInBackground: true,
  });
}
export function importErrorsQuery(session: Session, id: string, cursor?: string) {
  return queryOptions({
    queryKey: session.key("import", id, "errors", cursor),
    queryFn: ({ signal }) =>
      got(
        session.api.GET("/v1/imports/{id}/errors", {
          params: { path: { id }, query: { cursor, limit: 50 } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
}
