/** A mail as Postmark takes it (docs: api/email), and how many of them go into one call. */
import type { Attachment, OutgoingEmail } from "#domain/sending/provider";
import { mailbox, wireHeaders } from "../wire.ts";

/** Postmark takes 50 MB a call, attachments included; a Worker has 128 MB for everything. */
export const maxCallBytes = 20_000_000;

export type PostmarkContext = { readonly stream: string; readonly tenantId: string };

export function toPostmark(mail: OutgoingEmail, { stream, tenantId }: PostmarkContext) {
  return {
    From: mailbox(mail.from),
    To: mailbox(mail.to),
    ...(mail.replyTo ? { ReplyTo: mailbox(mail.replyTo) } : {}),
    Subject: mail.subject,
    HtmlBody: mail.html,
    TextBody: mail.text,
    MessageStream: stream,
    // Opens and links are ours to follow: theirs would change the frozen content.
    TrackOpens: false,
    TrackLinks: "None",
    Headers: Object.entries(wireHeaders(mail)).map(([Name, Value]) => ({ Name, Value })),
    // Names to 20 and values to 80 characters; comes back in every report.
    Metadata: { mid: mail.messageId, tid: tenantId },
    ...(mail.attachments?.length ? { Attachments: mail.attachments.map(toAttachment) } : {}),
  };
}

function toAttachment({ filename, content, contentType, contentId }: Attachment) {
  return {
    Name: filename,
    Content: content,
    ContentType: contentType,
    ...(contentId ? { ContentID: `cid:${contentId}` } : {}),
  };
}

/** Places of the batch, in order, such that no call is larger than `maxBytes` unless one mail alone is. */
export function splitBySize(batch: readonly OutgoingEmail[], maxBytes: number): number[][] {
  const groups: number[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const [place, mail] of batch.entries()) {
    const size = sizeOf(mail);
    if (bytes + size > maxBytes) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)?.push(place);
    bytes += size;
  }
  return groups;
}

/** An estimate from above: a character takes at most three bytes of UTF-8, or two with JSON's escape of quotes and lines. */
function sizeOf(mail: OutgoingEmail): number {
  const attached = mail.attachments?.reduce((sum, { content }) => sum + content.length, 0) ?? 0;
  return 3 * (mail.html.length + mail.text.length + mail.subject.length) + attached + 2_000;
}
