/** What is done to templates. */
import { got, idempotencyKey } from "#lib/api/client.ts";
import type { Session } from "#lib/session.svelte.ts";
import { type Content, contentOf, type Template, type TemplateSummary, tagged } from "./queries.ts";

async function told(session: Session, template: Template): Promise<Template> {
  session.queries.setQueryData(session.key("template", template.id, undefined), template);
  const versions = session.key("template", template.id, "versions");
  await Promise.all([
    session.queries.invalidateQueries({ queryKey: versions }),
    session.refresh("templates", "checklist", "onboarding"),
  ]);
  return template;
}

export async function createTemplate(session: Session, name: string, content: Content): Promise<Template> {
  const body = { name, ...contentOf(content) };
  return told(session, await tagged(session.api.POST("/v1/templates", { body, headers: idempotencyKey() })));
}

export type TemplateChange = Partial<Content & { name: string }>;

/** Refused when somebody else changed it since `etag`. */
export async function changeTemplate(
  session: Session,
  id: string,
  change: TemplateChange,
  etag: string,
): Promise<Template> {
  const params = { path: { id }, header: { "if-match": etag } };
  return told(session, await tagged(session.api.PATCH("/v1/templates/{id}", { params, body: change })));
}

export async function duplicateTemplate(
  session: Session,
  { id, name }: Pick<TemplateSummary, "id" | "name">,
): Promise<Template> {
  const original = await got(session.api.GET("/v1/templates/{id}", { params: { path: { id } } }));
  return createTemplate(session, `${name} (copy)`.slice(0, 120), original);
}

export async function deleteTemplate(session: Session, id: string): Promise<void> {
  await got(session.api.DELETE("/v1/templates/{id}", { params: { path: { id } } }));
  await session.refresh("templates", "onboarding");
}

export async function sendTest(session: Session, id: string, to: string, contactId: string | undefined) {
  const params = { path: { id } };
  const sent = await got(
    session.api.POST("/v1/templates/{id}/test-send", {
      params,
      body: { to, contact_id: contactId },
      headers: idempotencyKey(),
    }),
  );
  await session.refresh("onboarding", "sandbox");
  return sent;
}
