/** Writing templates: every change of content is a new version, and nobody overwrites what they have not seen. */
import {
  addVersion,
  archiveTemplate,
  getTemplate,
  holdTemplate,
  insertTemplate,
  renameTemplate,
  type TemplateContent,
  type VersionedTemplate,
} from "#db/repos/templates";
import type { TenantDb } from "#db/scope";
import type { Channel } from "#domain/contact/consent";
import type { FieldError } from "#domain/failure";
import type { TemplateId } from "#domain/ids";
import { fail, ok, type Result } from "#domain/result";
import { audit } from "../audit.ts";
import type { Act } from "../settings/act.ts";

/** Changes with the version and with the name. */
export function etagOf({ template }: Pick<VersionedTemplate, "template">): string {
  return `"${template.currentVersion}-${template.updatedAt.getTime().toString(36)}"`;
}

const noTemplate = fail({ kind: "not_found", what: "template" });

export async function readTemplate(
  scope: TenantDb,
  id: TemplateId,
  version?: number,
): Promise<Result<VersionedTemplate>> {
  const found = await getTemplate(scope, id, version);
  return found ? ok(found) : noTemplate;
}

export async function createTemplate(
  { scope, deps, actor }: Act,
  input: NewContent,
): Promise<Result<VersionedTemplate>> {
  const id = deps.newId("tpl");
  const { name, channel, subject = "", html = "", preheader, text, defaults } = input;
  const content: TemplateContent = { subject, html, preheader, text, defaults };
  const wrong = channel === "sms" ? mailPartsOf(content) : missingOf(input);
  if (wrong.length > 0) return fail({ kind: "invalid", errors: wrong });
  return scope.transaction(async (tx) => {
    await insertTemplate(tx, { id, name, channel, content, createdBy: actor.id, now: new Date(deps.now()) });
    await audit(tx, deps, actor, {
      action: "template.create",
      subject: id,
      after: { name, subject: content.subject },
    });
    return readTemplate(tx, id);
  });
}

export type NewContent = Omit<TemplateContent, "subject" | "html"> & {
  readonly name: string;
  readonly channel: Channel;
  readonly subject?: string | undefined;
  readonly html?: string | undefined;
};

function missingOf(input: NewContent): FieldError[] {
  return (["subject", "html"] as const)
    .filter((part) => input[part] === undefined)
    .map((part) => ({ pointer: `/${part}`, detail: "A mail needs this; it may be empty." }));
}

/** What a text message cannot have. */
function mailPartsOf(
  content: { readonly [K in "subject" | "preheader" | "html"]?: string | undefined },
): FieldError[] {
  return (["subject", "preheader", "html"] as const)
    .filter((part) => (content[part] ?? "") !== "")
    .map((part) => ({ pointer: `/${part}`, detail: "A text message has a text only." }));
}

export type TemplatePatch = {
  readonly [K in keyof TemplateContent | "name"]?: (TemplateContent & { name: string })[K] | undefined;
};

export async function changeTemplate(
  { scope, deps, actor }: Act,
  id: TemplateId,
  patch: TemplatePatch,
  ifMatch: string | undefined,
): Promise<Result<VersionedTemplate>> {
  return scope.transaction(async (tx) => {
    const held = await holdTemplate(tx, id);
    const before = held && (await getTemplate(tx, id));
    if (!held || !before) return noTemplate;
    if (ifMatch !== undefined && ifMatch !== "*" && ifMatch !== etagOf(before)) {
      return fail({ kind: "changed_meanwhile", what: "template" });
    }
    const wrong = held.channel === "sms" ? mailPartsOf(patch) : [];
    if (wrong.length > 0) return fail({ kind: "invalid", errors: wrong });
    const now = new Date(deps.now());
    const content = contentAfter(before.content, patch);
    if (content) await addVersion(tx, held, content, { createdBy: actor.id, now });
    const { name } = patch;
    if (name !== undefined && name !== held.name) await renameTemplate(tx, id, name, now);
    const after = await readTemplate(tx, id);
    if (after.ok) {
      await audit(tx, deps, actor, {
        action: "template.update",
        subject: id,
        before: told(before),
        after: told(after.value),
      });
    }
    return after;
  });
}

const told = ({ template, content }: VersionedTemplate) => ({
  name: template.name,
  version: template.currentVersion,
  subject: content.subject,
});

/** Undefined where the content stays as it is: a new name alone is no new version. */
function contentAfter(before: TemplateContent, patch: TemplatePatch): TemplateContent | undefined {
  const { subject, preheader, html, text, defaults } = before;
  const current: TemplateContent = { subject, preheader, html, text, defaults };
  const after: TemplateContent = {
    subject: patch.subject ?? subject,
    preheader: patch.preheader ?? preheader,
    html: patch.html ?? html,
    text: patch.text ?? text,
    defaults: patch.defaults ?? defaults,
  };
  return JSON.stringify(after) === JSON.stringify(current) ? undefined : after;
}

export async function deleteTemplate(
  { scope, deps, actor }: Act,
  id: TemplateId,
): Promise<Result<undefined>> {
  return scope.transaction(async (tx) => {
    const held = await holdTemplate(tx, id);
    if (!held) return noTemplate;
    await archiveTemplate(tx, id, new Date(deps.now()));
    await audit(tx, deps, actor, { action: "template.archive", subject: id, before: { name: held.name } });
    return ok();
  });
}
