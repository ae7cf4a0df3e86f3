/** From a request to the message as it will leave: everything that can be wrong with it is said now. */
import { getTemplate } from "#db/repos/templates";
import { getTenant, type Tenant } from "#db/repos/tenants";
import { normalizeEmail } from "#domain/contact/address";
import { checkAttachments, decodedBytes } from "#domain/direct/attachments";
import type { DirectContent } from "#domain/direct/content";
import { instrument, type Rendered, renderTemplate } from "#domain/direct/render";
import type { MessageId } from "#domain/ids";
import { oneLine } from "#domain/message/headers";
import type { Link } from "#domain/message/links";
import { fail, ok, type Result } from "#domain/result";
import { countSegments } from "#domain/sms/segments";
import { messageTokens } from "#domain/tracking/token";
import { recipientUrls } from "#domain/tracking/urls";
import type { MessageBody } from "../routes/messages.schema.ts";
import type { Act } from "../settings/act.ts";
import { type Addressee, invalid } from "./place.ts";

export type Composed = { readonly content: DirectContent; readonly links: readonly Link[] };
/** What handsets take as one message (the longest Twilio and Sendmode both pass on). */
const maxSegments = 10;

export async function compose(
  act: Act,
  input: MessageBody,
  messageId: MessageId,
  addressee: Addressee,
): Promise<Result<Composed>> {
  const wrong = checkAttachments(input.attachments);
  if (wrong.length > 0) return fail({ kind: "invalid", errors: wrong });
  if (input.channel === "sms" && input.attachments.length > 0)
    return invalid("/attachments", "A text message carries no files.");
  const tenant = await getTenant(act.scope);
  const rendered = await render(act, input, messageId, addressee, tenant);
  if (!rendered.ok) return rendered;
  const content =
    input.channel === "email"
      ? mailOf(input, tenant, addressee, rendered.value)
      : textOf(input, addressee, rendered.value.text);
  return content.ok ? ok({ content: content.value, links: rendered.value.links }) : content;
}

async function render(
  { scope, deps }: Act,
  input: MessageBody,
  messageId: MessageId,
  { recipient }: Addressee,
  tenant: Tenant,
): Promise<Result<Rendered>> {
  const { sign } = await deps.deploymentKey();
  const tokens = await messageTokens(sign, scope.tenantId, messageId);
  const urls = recipientUrls(deps.publicOrigin, scope.tenantId, tokens);
  const { template_id, subject, html, text, variables, channel } = input;
  const isInline = html !== "" || text !== "";
  if (template_id === undefined) {
    if (!isInline) return invalid("/template_id", "Give a template, or the content itself.");
    if (Object.keys(variables).length > 0)
      return invalid("/variables", "Variables are for templates; content given here is sent as it is.");
    if (channel === "email" && subject === "") return invalid("/subject", "A mail needs a subject.");
    if (channel === "sms" && html !== "") return invalid("/html", "A text message has no HTML.");
    return ok(instrument({ subject, html, text }, input.track, urls));
  }
  if (isInline) return invalid("/template_id", "Give a template or the content itself, not both.");
  const found = await getTemplate(scope, template_id);
  if (!found) return invalid("/template_id", "There is no such template.");
  if (found.template.channel !== channel)
    return invalid("/template_id", `This template is for ${found.template.channel}.`);
  const { content } = found;
  const source = { ...content, subject: subject || content.subject, postalAddress: tenant.postalAddress };
  const around = { tenantName: tenant.name, nowMs: deps.now() };
  return renderTemplate(source, recipient, variables, around, input.track, urls);
}

function mailOf(
  input: MessageBody,
  tenant: Tenant,
  { address }: Addressee,
  { subject, html, text }: Rendered,
): Result<DirectContent> {
  if (subject === "") return invalid("/subject", "A mail needs a subject, and the template renders none.");
  const from = normalizeEmail(input.from?.email ?? tenant.fromEmail);
  if (!from && input.from) return invalid("/from/email", "This is not an e-mail address.");
  if (!from)
    return fail({
      kind: "not_ready",
      errors: [{ pointer: "/from", detail: "Set the workspace's sender, or name one here." }],
    });
  const answer = input.reply_to ?? tenant.replyTo;
  const replyTo = answer === "" ? undefined : normalizeEmail(answer);
  if (answer !== "" && !replyTo) return invalid("/reply_to", "This is not an e-mail address.");
  const named = (email: string, name: string) => {
    const line = oneLine(name);
    return line === "" ? { email } : { email, name: line };
  };
  return ok({
    channel: "email",
    from: named(from, input.from ? input.from.name : tenant.fromName),
    ...(replyTo ? { replyTo: { email: replyTo } } : {}),
    to: named(address, input.to_name),
    subject,
    html,
    text,
    // RFC 3834: no holiday replies to what nobody wrote by hand.
    headers: { "Auto-Submitted": "auto-generated" },
    attachments: input.attachments.map(({ content, ...note }) => ({
      ...note,
      size_bytes: decodedBytes(content),
    })),
  });
}

function textOf(input: MessageBody, { address }: Addressee, text: string): Result<DirectContent> {
  const words = text.trim();
  const { segments } = countSegments(words);
  if (segments === 0) return invalid("/text", "A text message needs words.");
  if (segments > maxSegments)
    return invalid("/text", `This takes ${segments} parts; at most ${maxSegments} travel as one message.`);
  return ok({ channel: "sms", from: input.sender ?? "", to: address, text: words, segments });
}
