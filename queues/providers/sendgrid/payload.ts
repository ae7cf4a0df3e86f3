/** Mails as SendGrid takes them: one call for all that share a template, one personalization each (reference: POST /v3/mail/send). */
import type { Address, OutgoingEmail } from "#domain/sending/provider";
import { wireHeaders } from "../wire.ts";

/** custom_args come back at the top level of every event, beside SendGrid's own fields. */
export const messageArg = "lark_mid";
export const tenantArg = "lark_tid";

/** Recipients per call, over all personalizations. */
export const maxPersonalizations = 1_000;
/** The body stays below 30 MB, attachments included. */
export const maxBodyBytes = 30_000_000 - 1;
/** Substitutions per personalization; counted as JSON, which is never less than what SendGrid counts. */
const maxSubstitutionBytes = 10_000;

/** SendGrid writes these itself and refuses a mail that names them. */
const reservedHeaders: ReadonlySet<string> = new Set([
  "x-sg-id",
  "x-sg-eid",
  "received",
  "dkim-signature",
  "content-type",
  "content-transfer-encoding",
  "to",
  "from",
  "subject",
  "reply-to",
  "cc",
  "bcc",
]);

/** Places in the batch, a list per call: mails of one template together, all others alone. */
export function callsFor(batch: readonly OutgoingEmail[]): number[][] {
  const calls: number[][] = [];
  const open = new Map<object, { readonly first: OutgoingEmail; readonly places: number[] }>();
  for (const [place, mail] of batch.entries()) {
    const { merge } = mail;
    const template = merge && fits(merge.values) ? merge.template : undefined;
    const group = template && open.get(template);
    if (group && group.places.length < maxPersonalizations && haveOneFrame(group.first, mail)) {
      group.places.push(place);
      continue;
    }
    const places = [place];
    if (template) open.set(template, { first: mail, places });
    calls.push(places);
  }
  return calls;
}

/** What stands in a call once has to be the same for everybody in it. */
function haveOneFrame(a: OutgoingEmail, b: OutgoingEmail): boolean {
  return (
    isSameAddress(a.from, b.from) && isSameAddress(a.replyTo, b.replyTo) && a.attachments === b.attachments
  );
}
const isSameAddress = (a: Address | undefined, b: Address | undefined) =>
  a === b || (a?.email === b?.email && a?.name === b?.name);

function fits(values: Readonly<Record<string, string>>): boolean {
  const json = JSON.stringify(values);
  // No character takes more than three bytes per unit of its length; most values are far from the limit.
  return (
    json.length * 3 <= maxSubstitutionBytes || new TextEncoder().encode(json).length <= maxSubstitutionBytes
  );
}

const plain = (address: Address) => (address.name ? address : { email: address.email });

/** `mails` share a template, or are a single mail. */
export function bodyFor(mails: readonly OutgoingEmail[], tenantId: string): Uint8Array {
  const [first] = mails;
  const template = mails.length > 1 ? first?.merge?.template : undefined;
  const { subject = "", html = "", text = "" } = template ?? first ?? {};
  const parts = [
    { type: "text/plain", value: text },
    { type: "text/html", value: html },
  ];
  return new TextEncoder().encode(
    JSON.stringify({
      personalizations: mails.map((mail) => ({
        to: [plain(mail.to)],
        headers: headersOf(mail),
        custom_args: { [messageArg]: mail.messageId, [tenantArg]: tenantId },
        ...(template ? { substitutions: mail.merge?.values } : {}),
      })),
      from: first && plain(first.from),
      ...(first?.replyTo ? { reply_to: plain(first.replyTo) } : {}),
      subject,
      // An empty part is refused.
      content: parts.filter((part) => part.value !== ""),
      ...(first?.attachments?.length ? { attachments: attachmentsOf(first.attachments) } : {}),
      // Opens, clicks and the way out are ours: SendGrid must neither rewrite links nor add headers of its own.
      tracking_settings: {
        click_tracking: { enable: false, enable_text: false },
        open_tracking: { enable: false },
        subscription_tracking: { enable: false },
      },
    }),
  );
}

function headersOf(mail: OutgoingEmail): Record<string, string> {
  const headers = wireHeaders(mail);
  for (const name of Object.keys(headers)) if (reservedHeaders.has(name.toLowerCase())) delete headers[name];
  return headers;
}

function attachmentsOf(attachments: NonNullable<OutgoingEmail["attachments"]>) {
  return attachments.map(({ filename, contentType, content, contentId }) => ({
    filename,
    type: contentType,
    content,
    ...(contentId ? { disposition: "inline", content_id: contentId } : { disposition: "attachment" }),
  }));
}
