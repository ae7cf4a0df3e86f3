/** What is asked of the API about the workspace itself. */
import { keepPreviousData, queryOptions } from "@tanstack/svelte-query";
import { got, type Schema } from "#lib/api/client.ts";
import type { Session } from "#lib/session.svelte.ts";

export type Connection = Schema<"Connection">;
export type ConnectionHealth = Schema<"ConnectionHealth">;
export type Member = Schema<"Member">;
export type Invitation = Schema<"Invitation">;
export type ApiKey = Schema<"ApiKey">;
export type AuditEntry = Schema<"AuditEntry">;

export function tenantQuery(session: Session) {
  return queryOptions({
    queryKey: session.key("tenant"),
    queryFn: ({ signal }) => got(session.api.GET("/v1/tenant", { signal })),
  });
}
export function connectionsQuery(session: Session) {
  return queryOptions({
    queryKey: session.key("connections"),
    queryFn: async ({ signal }) => (await got(session.api.GET("/v1/connections", { signal }))).data,
  });
}
/** Looked at again while somebody looks at it. */
export function connectionHealthQuery(session: Session, id: string) {
  return queryOptions({
    queryKey: session.key("connection-health", id),
    queryFn: ({ signal }) =>
      got(session.api.GET("/v1/connections/{id}/health", { params: { path: { id } }, signal })),
    refetchInterval: 15_000,
  });
}
export function membersQuery(session: Session) {
  return queryOptions({
    queryKey: session.key("members"),
    queryFn: ({ signal }) => got(session.api.GET("/v1/members", { signal })),
  });
}
export function apiKeysQuery(session: Session) {
  return queryOptions({
    queryKey: session.key("api-keys"),
    queryFn: async ({ signal }) => (await got(session.api.GET("/v1/api-keys", { signal }))).data,
  });
}
export type SendingRules = Schema<"SendingRules">;
export type FailedJob = Schema<"FailedJob">;

export function rulesQuery(session: Session) {
  return queryOptions({
    queryKey: session.key("rules"),
    queryFn: ({ signal }) => got(session.api.GET("/v1/settings/policy", { signal })),
  });
}
export function failedJobsQuery(session: Session, state?: FailedJob["state"], cursor?: string) {
  return queryOptions({
    queryKey: session.key("failed-jobs", state, cursor),
    queryFn: ({ signal }) =>
      got(session.api.GET("/v1/dead-letters", { params: { query: { state, cursor, limit: 50 } }, signal })),
    placeholderData: keepPreviousData,
  });
}
export function failedJobQuery(session: Session, id: string) {
  return queryOptions({
    queryKey: session.key("failed-jobs", "one", id),
    queryFn: ({ signal }) =>
      got(session.api.GET("/v1/dead-letters/{id}", { params: { path: { id } }, signal })),
  });
}
/** How many wait for somebody: asked now and then, for the mark beside Settings. */
export function waitingJobsQuery(session: Session) {
  return queryOptions({
    queryKey: session.key("failed-jobs", "waiting"),
    queryFn: async ({ signal }) =>
      (await got(session.api.GET("/v1/dead-letters", { params: { query: { limit: 1 } }, signal }))).waiting,
    enabled: session.can("operations.read"),
    refetchInterval: 60_000,
  });
}
export function auditQuery(session: Session, subject?: string, cursor?: string) {
  return queryOptions({
    queryKey: session.key("audit-log", subject, cursor),
    queryFn: ({ signal }) =>
      got(session.api.GET("/v1/audit-log", { params: { query: { subject, cursor, limit: 50 } }, signal })),
    placeholderData: keepPreviousData,
  });
}
