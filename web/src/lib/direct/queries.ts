/** What is asked of the API about transactional messages. */
import { keepPreviousData, queryOptions } from "@tanstack/svelte-query";
import { got, type Schema } from "#lib/api/client.ts";
import type { Session } from "#lib/session.svelte.ts";

export type DirectMessage = Schema<"DirectMessage">;
export type DirectSummary = Schema<"DirectMessageSummary">;
export type DirectState = DirectSummary["state"];
export type DirectFilter = { readonly state?: DirectState; readonly address?: string };

/** The provider has yet to answer, or its reports have yet to come. */
const moving: ReadonlySet<DirectState> = new Set(["queued", "sending", "accepted"]);
const soonMs = 5 * 60_000;

function isMoving(row: DirectSummary): boolean {
  return moving.has(row.state) && Date.now() - Date.parse(row.send_at) < soonMs;
}

export function directMessagesQuery(session: Session, filter: DirectFilter, cursor?: string) {
  return queryOptions({
    queryKey: session.key("messages", "page", filter, cursor),
    queryFn: ({ signal }) =>
      got(session.api.GET("/v1/messages", { params: { query: { ...filter, cursor, limit: 50 } }, signal })),
    placeholderData: keepPreviousData,
    // New ones come from programs, at any moment.
    refetchInterval: ({ state }) => (state.data?.data.some(isMoving) ? 2_000 : 15_000),
  });
}

export function directMessageQuery(session: Session, id: string) {
  return queryOptions({
    queryKey: session.key("message", id),
    queryFn: ({ signal }) => got(session.api.GET("/v1/messages/{id}", { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (state.data && isMoving(state.data) ? 2_000 : 30_000),
  });
}
