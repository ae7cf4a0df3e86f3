/** Templates and their immutable versions. */
import { and, eq } from "drizzle-orm";
import type { TemplateId } from "#domain/ids";
import { templates, templateVersions } from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";

/** One template with the content of its current version, or of the one asked for; archived ones are gone. */
export async function getTemplate(scope: TenantDb, id: TemplateId, version?: number) {
  const [row] = await scope
    .pick({ template: templates, content: templateVersions }, templates, eq(templates.id, id))
    .innerJoin(
      templateVersions,
      scope.on(
        templateVersions,
        and(
          eq(templateVersions.templateId, templates.id),
          eq(templateVersions.version, version ?? templates.currentVersion),
        ),
      ),
    );
  return row && row.template.archivedAt === null ? row : undefined;
}
