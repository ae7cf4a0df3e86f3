/** A mail as SES v2 takes it: `SendEmail` with simple content (reference: API_SendEmail, API_Message). */
import { addressHeader, unstructuredHeader } from "#domain/message/mime-header";
import type { Address, OutgoingEmail } from "#domain/sending/provider";
import { wireHeaders } from "../wire.ts";

/** Tags come back with the events of a configuration set; names and values of letters, digits, `_` and `-`. */
export const messageTag = "lark_mid";
export const tenantTag = "lark_tid";

/** SES writes these from the other fields, or over whatever is given (docs: header-fields). */
const own: ReadonlySet<string> = new Set(
  "from sender to cc bcc reply-to subject date message-id mime-version return-path dkim-signature".split(" "),
);
const fieldName = /^[!-9;-~]{1,126}$/;

export type Frame = { readonly tenantId: string; readonly configurationSet: string };

export function toSes(mail: OutgoingEmail, { tenantId, configurationSet }: Frame) {
  const body: Record<string, unknown> = {};
  if (mail.text !== "") body.Text = utf8(mail.text);
  if (mail.html !== "") body.Html = utf8(mail.html);
  return {
    FromEmailAddress: mailbox(mail.from),
    Destination: { ToAddresses: [mailbox(mail.to)] },
    ...(mail.replyTo ? { ReplyToAddresses: [mailbox(mail.replyTo)] } : {}),
    Content: {
      Simple: {
        Subject: utf8(mail.subject),
        Body: body,
        Headers: headersOf(mail),
        ...(mail.attachments?.length ? { Attachments: attachmentsOf(mail.attachments) } : {}),
      },
    },
    EmailTags: [
      { Name: messageTag, Value: mail.messageId },
      { Name: tenantTag, Value: tenantId },
    ],
    ...(configurationSet ? { ConfigurationSetName: configurationSet } : {}),
  };
}

const utf8 = (data: string) => ({ Data: data, Charset: "UTF-8" });

/** Names beyond ASCII are to be encoded words; the line must not be folded. */
function mailbox(address: Address): string {
  return unfolded("To", addressHeader("To", address));
}

function headersOf(mail: OutgoingEmail) {
  return Object.entries(wireHeaders(mail))
    .filter(([name]) => {
      const lower = name.toLowerCase();
      return fieldName.test(name) && !own.has(lower) && !lower.startsWith("content-");
    })
    .map(([Name, value]) => ({ Name, Value: unfolded(Name, unstructuredHeader(Name, value)) }));
}

const unfolded = (name: string, header: string) => header.replaceAll("\r\n", "").slice(name.length + 2);

function attachmentsOf(attachments: NonNullable<OutgoingEmail["attachments"]>) {
  return attachments.map(({ filename, contentType, content, contentId }) => ({
    FileName: filename,
    ContentType: contentType,
    RawContent: content,
    ContentTransferEncoding: "BASE64",
    ...(contentId
      ? { ContentDisposition: "INLINE", ContentId: contentId }
      : { ContentDisposition: "ATTACHMENT" }),
  }));
}
