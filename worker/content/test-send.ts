/** Sending a template to oneself: the mail as it will be, marked as a test, outside of the books. */
import { findSuppression } from "#db/repos/suppressions";
import { normalizeEmail } from "#domain/contact/address";
import type { ContactId, TemplateId } from "#domain/ids";
import { fail, type Result } from "#domain/result";
import { sendTest, type TestSent } from "#queues/test-send";
import { audit } from "../audit.ts";
import type { Act } from "../settings/act.ts";
import { previewContent } from "./preview.ts";
import { readTemplate } from "./templates.ts";

export async function sendTemplateTest(
  act: Act,
  id: TemplateId,
  input: { readonly to: string; readonly contact_id?: ContactId | undefined },
): Promise<Result<TestSent>> {
  const to = normalizeEmail(input.to);
  if (!to) return invalid("/to", "This is not an e-mail address.");
  if (await findSuppression(act.scope, { channel: "email", address: to }))
    return invalid("/to", "This address is suppressed: it bounced, complained or asked to be left alone.");
  const found = await readTemplate(act.scope, id);
  if (!found.ok) return found;
  const preview = await previewContent(act, found.value.content, input.contact_id);
  if (!preview.ok) return preview;
  const { mail, problems } = preview.value;
  if (!mail) {
    const errors = problems.filter((p) => p.severity === "error");
    return fail({
      kind: "not_ready",
      errors: errors.map((p) => ({ pointer: `/${p.part}`, detail: place(p.message, p.line, p.column) })),
    });
  }
  const { html, text, headers } = mail;
  const sent = await sendTest(act.deps, act.scope.tenantId, {
    to,
    subject: `[Test] ${mail.subject}`,
    html,
    text,
    headers,
  });
  if (!sent.ok) return sent;
  await audit(act.scope, act.deps, act.actor, {
    action: "template.test_send",
    subject: id,
    after: { to, accepted: sent.value.accepted },
  });
  return sent;
}

function place(message: string, line: number | null, column: number | null): string {
  return line === null ? message : `${message} (line ${line}, column ${column})`;
}

function invalid(pointer: string, detail: string) {
  return fail({ kind: "invalid", errors: [{ pointer, detail }] });
}
