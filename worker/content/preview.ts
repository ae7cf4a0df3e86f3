/** What a recipient would see, by the renderer that sends; used to look at content and to send a test of it. */
import { getContact } from "#db/repos/contacts";
import { listFields } from "#db/repos/fields";
import type { TemplateContent } from "#db/repos/templates";
import { getTenant } from "#db/repos/tenants";
import type { TenantDb } from "#db/scope";
import type { ContactId } from "#domain/ids";
import { checkContent } from "#domain/message/check";
import { type CompileOptions, compileContent } from "#domain/message/compile";
import type { ContentProblem } from "#domain/message/problem";
import { type RenderedMessage, renderMessage } from "#domain/message/render";
import { inputsOf, inventRecipient } from "#domain/message/variables";
import { fail, ok, type Result } from "#domain/result";
import { messageTokens } from "#domain/tracking/token";
import { recipientUrls } from "#domain/tracking/urls";
import type { Deps } from "#queues/deps";

export type Preview = {
  /** Undefined where the content cannot be rendered; `problems` says why. */
  readonly mail: RenderedMessage | undefined;
  readonly problems: readonly ContentProblem[];
};
type Source = { readonly scope: TenantDb; readonly deps: Deps };

/** Nothing is counted in a preview: its links lead where the author wrote. */
const untracked: CompileOptions = { trackOpens: false, trackClicks: false };

export async function previewContent(
  { scope, deps }: Source,
  content: TemplateContent,
  contactId: ContactId | undefined,
): Promise<Result<Preview>> {
  const [tenant, fields, contact] = await Promise.all([
    getTenant(scope),
    listFields(scope),
    contactId ? getContact(scope, contactId) : undefined,
  ]);
  if (contactId && !contact) return fail({ kind: "not_found", what: "contact" });
  const around = { tenantName: tenant.name, nowMs: deps.now() };
  const source = { ...content, postalAddress: tenant.postalAddress };
  const problems = checkContent(source, { fields: fields.map((f) => f.key), ...around });
  const compiled = compileContent(source, untracked);
  if (!compiled.ok) return ok({ mail: undefined, problems });
  const inputs = inputsOf(compiled.value, contact ?? inventRecipient(fields), around);
  const rendered = renderMessage(compiled.value, inputs, await previewUrls(deps, scope));
  if (rendered.ok) return ok({ mail: rendered.value, problems });
  // Content may render for the people it was checked with and not for this one.
  const isKnown = problems.some((p) => p.code === "render" && p.message === rendered.error.message);
  return ok({ mail: undefined, problems: isKnown ? problems : [rendered.error, ...problems] });
}

/** Real links of a message that was never sent: whoever follows them is told so. */
async function previewUrls(deps: Deps, scope: TenantDb) {
  const { sign } = await deps.deploymentKey();
  const tokens = await messageTokens(sign, scope.tenantId, deps.newId("msg"));
  return recipientUrls(deps.publicOrigin, scope.tenantId, tokens);
}
