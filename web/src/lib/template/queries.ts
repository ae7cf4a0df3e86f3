/** What is asked of the API about templates. */
import { keepPreviousData, queryOptions } from "@tanstack/svelte-query";
import type { Channel } from "#domain/contact/consent";
import { got, type Schema } from "#lib/api/client.ts";
import type { Session } from "#lib/session.svelte.ts";

/** With the tag that names this state of it, for `If-Match`. */
export type Template = Schema<"Template"> & { readonly etag: string };
export type TemplateSummary = Schema<"TemplateSummary">;
export type ContentProblem = Schema<"ContentProblem">;
/** A text message has a text only. */
export type Content = Pick<Schema<"Template">, "subject" | "preheader" | "html" | "text" | "defaults"> & {
  readonly channel?: Channel;
};
export type SmsPreview = Schema<"SmsPreview">;
export type Preview = Awaited<ReturnType<typeof askPreview>>;

/** The body of an answer together with its ETag; what compresses on the way may have weakened it. */
export async function tagged(
  call: Promise<{ data?: Schema<"Template">; error?: unknown; response: Response }>,
): Promise<Template> {
  const answer = await call;
  const template = await got(Promise.resolve(answer));
  return { ...template, etag: (answer.response.headers.get("etag") ?? "*").replace(/^W\//, "") };
}

export function contentOf({ channel, subject, preheader, html, text, defaults }: Content) {
  return { channel: channel ?? ("email" as const), subject, preheader, html, text, defaults };
}
export async function askPreview(
  session: Session,
  content: Content,
  contactId?: string,
  signal?: AbortSignal,
) {
  const body = { ...contentOf(content), contact_id: contactId };
  const preview = await got(session.api.POST("/v1/templates/preview", { body, signal }));
  // The document cannot say "that shape or null" of a named shape; the contract does.
  return { ...preview, sms: preview.sms as SmsPreview | null };
}

export function templatesQuery(session: Session, cursor?: string, channel?: Channel) {
  return queryOptions({
    queryKey: session.key("templates", cursor, channel),
    queryFn: ({ signal }) =>
      got(session.api.GET("/v1/templates", { params: { query: { limit: 60, cursor, channel } }, signal })),
    placeholderData: keepPreviousData,
  });
}
export function templateQuery(session: Session, id: string, version?: number) {
  return queryOptions({
    queryKey: session.key("template", id, version),
    queryFn: ({ signal }) =>
      tagged(session.api.GET("/v1/templates/{id}", { params: { path: { id }, query: { version } }, signal })),
  });
}
export function versionsQuery(session: Session, id: string) {
  return queryOptions({
    queryKey: session.key("template", id, "versions"),
    queryFn: async ({ signal }) =>
      (await got(session.api.GET("/v1/templates/{id}/versions", { params: { path: { id } }, signal }))).data,
  });
}
/** Rendered for an invented person; a version never changes, so it is asked for once. */
export function renderedQuery(session: Session, id: string, version: number) {
  return queryOptions({
    queryKey: session.key("rendered", id, version),
    queryFn: async ({ signal }) => {
      const query = { version };
      const template = await got(
        session.api.GET("/v1/templates/{id}", { params: { path: { id }, query }, signal }),
      );
      return askPreview(session, template, undefined, signal);
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}
export function previewQuery(session: Session, content: Content, contactId?: string) {
  return queryOptions({
    queryKey: session.key("preview", content, contactId),
    queryFn: ({ signal }) => askPreview(session, content, contactId, signal),
    placeholderData: keepPreviousData,
    gcTime: 30_000,
  });
}
