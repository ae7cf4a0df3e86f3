/** Templates and their immutable versions: a change adds a version, none is ever rewritten. */
import { and, desc, eq, isNull, lt, or, sql } from "drizzle-orm";
import type { Channel } from "#domain/contact/consent";
import type { TemplateId } from "#domain/ids";
import { templates, templateVersions } from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";

export type Template = typeof templates.$inferSelect;
export type TemplateContent = Pick<
  typeof templateVersions.$inferSelect,
  "subject" | "preheader" | "html" | "text" | "defaults"
>;
export type NewTemplate = {
  readonly id: TemplateId;
  readonly name: string;
  readonly channel: Channel;
  readonly content: TemplateContent;
  readonly createdBy: string;
  readonly now: Date;
};

const ofVersion = (scope: TenantDb, version: number | typeof templates.currentVersion) =>
  scope.on(
    templateVersions,
    and(eq(templateVersions.templateId, templates.id), eq(templateVersions.version, version)),
  );

/** One template with the content of its current version, or of the one asked for; archived ones are gone. */
export async function getTemplate(scope: TenantDb, id: TemplateId, version?: number) {
  const [row] = await scope
    .pick({ template: templates, content: templateVersions }, templates, eq(templates.id, id))
    .innerJoin(templateVersions, ofVersion(scope, version ?? templates.currentVersion));
  return row && row.template.archivedAt === null ? row : undefined;
}
export type VersionedTemplate = NonNullable<Awaited<ReturnType<typeof getTemplate>>>;

export type TemplatePlace = { readonly updatedAt: Date; readonly id: TemplateId };

/** How a text message begins; mails are shown by their subject. */
const excerpt = sql<string>`if(${templates.channel} = 'sms', left(${templateVersions.text}, 160), '')`;

/** Last changed first. */
export async function listTemplates(
  scope: TenantDb,
  page: {
    readonly limit: number;
    readonly after?: TemplatePlace | undefined;
    readonly channel?: Channel | undefined;
  },
) {
  const { after, channel } = page;
  const beyond =
    after &&
    or(
      lt(templates.updatedAt, after.updatedAt),
      and(eq(templates.updatedAt, after.updatedAt), lt(templates.id, after.id)),
    );
  return scope
    .pick(
      { template: templates, subject: templateVersions.subject, excerpt },
      templates,
      and(isNull(templates.archivedAt), channel && eq(templates.channel, channel), beyond),
    )
    .innerJoin(templateVersions, ofVersion(scope, templates.currentVersion))
    .orderBy(desc(templates.updatedAt), desc(templates.id))
    .limit(page.limit);
}

export async function insertTemplate(scope: TenantDb, template: NewTemplate): Promise<void> {
  const { id, name, channel, content, createdBy, now } = template;
  await scope.insert(templateVersions, { ...content, templateId: id, version: 1, createdBy, createdAt: now });
  await scope.insert(templates, { id, name, channel, currentVersion: 1, createdAt: now, updatedAt: now });
}

/** The row, held until the transaction ends: two editors take turns. */
export async function holdTemplate(scope: TenantDb, id: TemplateId): Promise<Template | undefined> {
  const [row] = await scope.select(templates, eq(templates.id, id)).for("update");
  return row && row.archivedAt === null ? row : undefined;
}

/** Call with the template held. */
export async function addVersion(
  scope: TenantDb,
  held: Template,
  content: TemplateContent,
  by: { readonly createdBy: string; readonly now: Date },
): Promise<void> {
  const version = held.currentVersion + 1;
  const { createdBy, now } = by;
  await scope.insert(templateVersions, {
    ...content,
    templateId: held.id,
    version,
    createdBy,
    createdAt: now,
  });
  await scope.update(templates, { currentVersion: version, updatedAt: now }, eq(templates.id, held.id));
}

export async function renameTemplate(
  scope: TenantDb,
  id: TemplateId,
  name: string,
  now: Date,
): Promise<void> {
  await scope.update(templates, { name, updatedAt: now }, eq(templates.id, id));
}

export async function archiveTemplate(scope: TenantDb, id: TemplateId, now: Date): Promise<void> {
  await scope.update(templates, { archivedAt: now }, and(eq(templates.id, id), isNull(templates.archivedAt)));
}

/** Newest first. */
export async function listVersions(scope: TenantDb, id: TemplateId) {
  return scope
    .pick(
      {
        version: templateVersions.version,
        subject: templateVersions.subject,
        createdBy: templateVersions.createdBy,
        createdAt: templateVersions.createdAt,
      },
      templateVersions,
      eq(templateVersions.templateId, id),
    )
    .orderBy(desc(templateVersions.version))
    .limit(maxVersionsShown);
}
const maxVersionsShown = 500;
