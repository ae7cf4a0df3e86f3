/** From the story to the tables. */
import { sql } from "drizzle-orm";
import type { UserId } from "#domain/ids";
import { countAudience } from "../audience-sql.ts";
import * as schema from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";
import { later } from "./calendar.ts";
import type { Person } from "./person.ts";
import { insertRows } from "./rows.ts";
import { fieldDefinitions, type Segment } from "./shop.ts";
import type { Story } from "./story.ts";

/** What a shop writes besides its people; an audience of another shop may be small. */
export async function storePeople(scope: TenantDb, people: readonly Person[]): Promise<void> {
  await insertRows(scope, schema.contacts, people);
  await insertRows(
    scope,
    schema.consents,
    people.flatMap((person) => person.proofs.map((proof) => ({ ...proof, contactId: person.id }))),
  );
  await insertRows(
    scope,
    schema.contactTags,
    people.flatMap((person) => [...person.tags].map((tagId) => ({ contactId: person.id, tagId }))),
  );
  await insertRows(
    scope,
    schema.listMembers,
    people.flatMap((person) =>
      [...person.lists].map(([listId, addedAt]) => ({ listId, contactId: person.id, addedAt })),
    ),
  );
  await insertRows(
    scope,
    schema.suppressions,
    people.flatMap(({ email, suppressed }) =>
      suppressed
        ? [
            {
              channel: "email" as const,
              address: email,
              reason: suppressed.reason,
              detail: suppressed.detail,
              createdAt: suppressed.at,
            },
          ]
        : [],
    ),
  );
}

export async function storeStory(scope: TenantDb, story: Story): Promise<void> {
  const { sorting, people, templates, campaigns, imports, texting, workspace } = story;
  const createdAt = workspace.foundedAt;
  await insertRows(
    scope,
    schema.fields,
    // A second apart: they are shown in the order of their declaration.
    fieldDefinitions.map((definition, i) => ({ ...definition, createdAt: later(createdAt, i * 1_000) })),
  );
  await insertRows(scope, schema.tags, Object.values(sorting.tags));
  const lists = Object.values(sorting.lists).map((list) => ({ ...list, updatedAt: list.createdAt }));
  await insertRows(scope, schema.lists, lists);
  await storePeople(scope, people);
  await insertRows(
    scope,
    schema.templates,
    templates.map((one) => ({
      id: one.id,
      name: one.name,
      currentVersion: 1,
      createdAt: one.createdAt,
      updatedAt: one.createdAt,
    })),
  );
  await insertRows(
    scope,
    schema.templateVersions,
    templates.map((one) => ({
      templateId: one.id,
      version: 1,
      subject: one.subject,
      preheader: one.preheader,
      html: one.html,
      text: one.text,
      defaults: { ...one.defaults },
      createdBy: workspace.members[0].id,
      createdAt: one.createdAt,
    })),
  );
  await storeText(scope, texting.template, workspace.members[0].id);
  await insertRows(
    scope,
    schema.imports,
    imports.map((one) => one.row),
  );
  await insertRows(
    scope,
    schema.importErrors,
    imports.flatMap((one) => one.errors),
  );
  await insertRows(
    scope,
    schema.campaigns,
    campaigns.map((one) => one.campaign),
  );
  await insertRows(
    scope,
    schema.runs,
    campaigns.flatMap((one) => one.run ?? []),
  );
  await insertRows(
    scope,
    schema.links,
    campaigns.flatMap((one) => one.links),
  );
  await insertRows(
    scope,
    schema.messages,
    campaigns.flatMap((one) => one.story.ledger),
  );
  await insertRows(
    scope,
    schema.messageEvents,
    campaigns.flatMap((one) => one.story.events),
  );
  await storeSegments(scope, story);
  await insertRows(scope, schema.auditLog, story.audit);
}

async function storeText(scope: TenantDb, one: Story["texting"]["template"], by: UserId): Promise<void> {
  const { id, name, text, defaults, createdAt } = one;
  const template = { id, name, channel: "sms" as const, currentVersion: 1, createdAt, updatedAt: createdAt };
  await insertRows(scope, schema.templates, [template]);
  await insertRows(scope, schema.templateVersions, [
    { templateId: id, version: 1, subject: "", html: "", text, defaults, createdBy: by, createdAt },
  ]);
}

/** Counted by the statement that counts them everywhere else. */
async function storeSegments(scope: TenantDb, { segments, calendar }: Story): Promise<void> {
  const { now } = calendar;
  const row = (segment: Segment, lastCount: number | null) => ({
    ...segment,
    updatedAt: segment.createdAt,
    lastCount,
    countedAt: now,
  });
  await insertRows(
    scope,
    schema.segments,
    segments.map((segment) => row(segment, null)),
  );
  for (const { id } of segments) {
    const everybody = { everyone: false, lists: [], segments: [id], exclude_lists: [], exclude_segments: [] };
    const { audience } = await countAudience(scope, everybody, "email", now);
    await scope.update(
      schema.segments,
      { lastCount: audience },
      sql`${schema.segments.id} = ${sql.param(id, schema.segments.id)}`,
    );
  }
}

const tenantTables = [
  schema.auditLog,
  schema.apiKeys,
  schema.invitations,
  schema.memberships,
  schema.connections,
  schema.tags,
  schema.contactTags,
  schema.lists,
  schema.listMembers,
  schema.segments,
  schema.contacts,
  schema.fields,
  schema.consents,
  schema.suppressions,
  schema.imports,
  schema.importErrors,
  schema.templates,
  schema.templateVersions,
  schema.campaigns,
  schema.runs,
  schema.links,
  schema.messages,
  schema.sendBatches,
  schema.messageEvents,
  schema.deadLetters,
] as const;

/** Takes away what a seed that was killed has left. The tenant's own row goes with the caller. */
export async function emptyTenant(scope: TenantDb): Promise<void> {
  for (const table of tenantTables) await scope.delete(table, sql`true`);
}
