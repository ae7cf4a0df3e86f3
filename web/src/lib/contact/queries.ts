/** What is asked of the API about contacts, tags, lists and fields. */
import { keepPreviousData, queryOptions } from "@tanstack/svelte-query";
import type { ConsentStatus } from "#domain/contact/consent";
import { got, type Schema } from "#lib/api/client.ts";
import type { Session } from "#lib/session.svelte.ts";

export type Contact = Schema<"Contact">;
export type ContactFilter = {
  readonly search?: string;
  readonly tag?: string;
  readonly list?: string;
  readonly segment?: string;
  readonly consent?: ConsentStatus;
};

export function contactsQuery(session: Session, filter: ContactFilter, cursor?: string) {
  return queryOptions({
    queryKey: session.key("contacts", "page", filter, cursor),
    queryFn: ({ signal }) =>
      got(session.api.GET("/v1/contacts", { params: { query: { ...filter, cursor, limit: 50 } }, signal })),
    placeholderData: keepPreviousData,
  });
}
/** Asked apart from the page: counting may take longer than showing. */
export function contactCountQuery(session: Session, filter: ContactFilter) {
  return queryOptions({
    queryKey: session.key("contacts", "count", filter),
    queryFn: async ({ signal }) => {
      const query = { ...filter, limit: 1, count: "exact" } as const;
      const { count } = await got(session.api.GET("/v1/contacts", { params: { query }, signal }));
      return count ?? null;
    },
    placeholderData: keepPreviousData,
  });
}
export function contactQuery(session: Session, id: string) {
  return queryOptions({
    queryKey: session.key("contact", id),
    queryFn: ({ signal }) => got(session.api.GET("/v1/contacts/{id}", { params: { path: { id } }, signal })),
  });
}
export function timelineQuery(session: Session, id: string) {
  return queryOptions({
    queryKey: session.key("contact", id, "timeline"),
    queryFn: async ({ signal }) =>
      (await got(session.api.GET("/v1/contacts/{id}/timeline", { params: { path: { id } }, signal }))).data,
  });
}
export function tagsQuery(session: Session) {
  return queryOptions({
    queryKey: session.key("tags"),
    queryFn: async ({ signal }) => (await got(session.api.GET("/v1/tags", { signal }))).data,
  });
}
export function listsQuery(session: Session) {
  return queryOptions({
    queryKey: session.key("lists"),
    queryFn: async ({ signal }) => (await got(session.api.GET("/v1/lists", { signal }))).data,
  });
}
export function fieldsQuery(session: Session) {
  return queryOptions({
    queryKey: session.key("fields"),
    queryFn: async ({ signal }) => (await got(session.api.GET("/v1/fields", { signal }))).data,
  });
}
/** Segments as filters; their own pages ask for more. */
export function segmentsQuery(session: Session) {
  return queryOptions({
    queryKey: session.key("segments"),
    queryFn: async ({ signal }) => (await got(session.api.GET("/v1/segments", { signal }))).data,
  });
}
