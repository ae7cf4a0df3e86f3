/** Sending a template to oneself: the mail as it will be, marked as a test, outside of the books. */
import { findSuppression } from "#db/repos/suppressions";
import type { TemplateContent } from "#db/repos/templates";
import { normalizeEmail, normalizePhone } from "#domain/contact/address";
import type { ContactId, TemplateId } from "#domain/ids";
import type { ContentProblem } from "#domain/message/problem";
import { fail, type Result } from "#domain/result";
import { sendTest, sendTestText, type TestSent } from "#queues/test-send";
import { audit } from "../audit.ts";
import type { Act } from "../settings/act.ts";
import { previewContent } from "./preview.ts";
import { previewSms } from "./preview-sms.ts";
import { readTemplate } from "./templates.ts";

export async function sendTemplateTest(
  act: Act,
  id: TemplateId,
  input: { readonly to: string; readonly contact_id?: ContactId | undefined },
): Promise<Result<TestSent>> {
  const found = await readTemplate(act.scope, id);
  if (!found.ok) return found;
  if (found.value.template.channel === "sms") return sendTextTest(act, id, found.value.content, input);
  const to = normalizeEmail(input.to);
  if (!to) return invalid("/to", "This is not an e-mail address.");
  if (await findSuppression(act.scope, { channel: "email", address: to }))
    return invalid("/to", "This address is suppressed: it bounced, complained or asked to be left alone.");
  const preview = await previewContent(act, found.value.content, input.contact_id);
  if (!preview.ok) return preview;
  const { mail, problems } = preview.value;
  if (!mail) return notRendered(problems);
  const { html, text, headers } = mail;
  const sent = await sendTest(act.deps, act.scope.tenantId, {
    to,
    subject: `[Test] ${mail.subject}`,
    html,
    text,
    headers,
  });
  return noted(act, id, to, sent);
}

async function sendTextTest(
  act: Act,
  id: TemplateId,
  content: TemplateContent,
  input: { readonly to: string; readonly contact_id?: ContactId | undefined },
): Promise<Result<TestSent>> {
  const to = normalizePhone(input.to);
  if (!to) return invalid("/to", "This is not a phone number with its country, as +353861234567.");
  if (await findSuppression(act.scope, { channel: "sms", address: to }))
    return invalid("/to", "This number is suppressed: it asked to be left alone.");
  const preview = await previewSms(act, content, input.contact_id);
  if (!preview.ok) return preview;
  const { rendered, problems } = preview.value;
  if (!rendered) return notRendered(problems);
  const sent = await sendTestText(act.deps, act.scope.tenantId, { to, text: `[Test] ${rendered.text}` });
  return noted(act, id, to, sent);
}

async function noted(
  act: Act,
  id: TemplateId,
  to: string,
  sent: Result<TestSent>,
): Promise<Result<TestSent>> {
  if (!sent.ok) return sent;
  await audit(act.scope, act.deps, act.actor, {
    action: "template.test_send",
    subject: id,
    after: { to, accepted: sent.value.accepted },
  });
  return sent;
}

function notRendered(problems: readonly ContentProblem[]) {
  const errors = problems.filter((p) => p.severity === "error");
  return fail({
    kind: "not_ready",
    errors: errors.map((p) => ({ pointer: `/${p.part}`, detail: place(p.message, p.line, p.column) })),
  });
}

function place(message: string, line: number | null, column: number | null): string {
  return line === null ? message : `${message} (line ${line}, column ${column})`;
}

function invalid(pointer: string, detail: string) {
  return fail({ kind: "invalid", errors: [{ pointer, detail }] });
}
