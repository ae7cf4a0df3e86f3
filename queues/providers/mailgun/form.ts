/** Mails as Mailgun takes them (docs: messages, batch sending): multipart forms, recipient variables as JSON. */
import type { Attachment, OutgoingEmail } from "#domain/sending/provider";
import { mailbox, messageHeader, wireHeaders } from "../wire.ts";

/** One mail for one recipient, as it stands. */
export function singleForm(mail: OutgoingEmail, tenantId: string): FormData {
  const form = commonForm(mail, tenantId);
  form.set("to", mailbox(mail.to));
  form.set("subject", mail.subject);
  form.set("html", mail.html);
  form.set("text", mail.text);
  form.set("v:mid", mail.messageId);
  for (const [name, value] of Object.entries(wireHeaders(mail))) form.set(`h:${name}`, value);
  for (const file of mail.attachments ?? []) attach(form, file);
  return form;
}

/** Mails that share sender, template and names of headers; Mailgun makes one mail for each recipient. */
export function mergedForm(mails: readonly OutgoingEmail[], tenantId: string): FormData {
  const [first] = mails;
  if (!first?.merge) throw new Error("a shared call needs a template");
  const form = commonForm(first, tenantId);
  const { template, values } = first.merge;
  // Names of our own: keys may hold characters that Mailgun does not take in a name.
  const nameOf = new Map(Object.keys(values).map((key, i) => [key, `k${i}`]));
  const named = (text: string) => {
    let out = text;
    for (const [key, name] of nameOf) out = out.replaceAll(key, `%recipient.${name}%`);
    return out;
  };
  form.set("subject", named(template.subject));
  form.set("html", named(template.html));
  form.set("text", named(template.text));
  form.set("v:mid", "%recipient.mid%");
  form.set(`h:${messageHeader}`, "%recipient.mid%");
  const headerNames = Object.keys(first.headers);
  for (const [i, name] of headerNames.entries()) form.set(`h:${name}`, `%recipient.h${i}%`);
  const variables: [string, Record<string, string>][] = mails.map((mail) => {
    const own: Record<string, string> = { mid: mail.messageId };
    for (const [key, value] of Object.entries(mail.merge?.values ?? {})) own[nameOf.get(key) ?? ""] = value;
    for (const [i, name] of headerNames.entries()) own[`h${i}`] = mail.headers[name] ?? "";
    return [mail.to.email, own];
  });
  for (const mail of mails) form.append("to", mailbox(mail.to));
  form.set("recipient-variables", JSON.stringify(Object.fromEntries(variables)));
  return form;
}

function commonForm(mail: OutgoingEmail, tenantId: string): FormData {
  const form = new FormData();
  form.set("from", mailbox(mail.from));
  if (mail.replyTo) form.set("h:Reply-To", mailbox(mail.replyTo));
  form.set("v:tid", tenantId);
  // Opens and links are ours to follow: theirs would change the frozen content.
  for (const name of ["o:tracking", "o:tracking-clicks", "o:tracking-opens"]) form.set(name, "no");
  return form;
}

/** A file that the HTML refers to is found by its name. */
function attach(form: FormData, { filename, contentType, content, contentId }: Attachment): void {
  const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
  const file = new Blob([bytes], { type: contentType });
  if (contentId) form.append("inline", file, contentId);
  else form.append("attachment", file, filename);
}
