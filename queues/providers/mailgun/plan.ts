/** Which mails of a batch share a call: those that are one template, to people who are all different. */
import type { Merge, OutgoingEmail } from "#domain/sending/provider";

export const maxRecipients = 1_000;
/** Mailgun takes 25 MB a message; what differs between recipients stays well below. */
const maxValueBytes = 8_000_000;

/** Mailgun fills these in by itself wherever they stand in a mail with recipient variables. */
const itsOwn = /%(?:recipient|mailing_list|unsubscribe|tag_unsubscribe)/i;

type Open = { readonly places: number[]; readonly addresses: Set<string>; bytes: number };

/** Places of the batch, every one once; the large calls first. */
export function planCalls(batch: readonly OutgoingEmail[]): number[][] {
  const shared: number[][] = [];
  const alone: number[][] = [];
  const open = new Map<Merge["template"], Map<string, Open>>();
  for (const [place, mail] of batch.entries()) {
    const { merge } = mail;
    if (!merge || !isMergeable(mail, merge)) {
      alone.push([place]);
      continue;
    }
    const kinds = open.get(merge.template) ?? new Map<string, Open>();
    open.set(merge.template, kinds);
    const kind = kindOf(mail, merge);
    const address = mail.to.email.toLowerCase();
    const bytes = sizeOf(mail, merge);
    let call = kinds.get(kind);
    // Variables are kept by address: the same person twice would get the same mail twice.
    const isFull =
      !call ||
      call.addresses.has(address) ||
      call.places.length >= maxRecipients ||
      call.bytes + bytes > maxValueBytes;
    if (!call || isFull) {
      call = { places: [], addresses: new Set(), bytes: 0 };
      kinds.set(kind, call);
      shared.push(call.places);
    }
    call.places.push(place);
    call.addresses.add(address);
    call.bytes += bytes;
  }
  return [...shared, ...alone];
}

/** What has to be equal for two mails of one template to share a call. */
function kindOf({ from, replyTo, headers }: OutgoingEmail, { values }: Merge): string {
  return JSON.stringify([from, replyTo, Object.keys(headers).sort(), Object.keys(values).sort()]);
}

function isMergeable(mail: OutgoingEmail, { template, values }: Merge): boolean {
  // Files are of one mail; an address that is a list would be several recipients.
  if (mail.attachments?.length || !isOneAddress(mail.to.email)) return false;
  const texts = [
    template.subject,
    template.html,
    template.text,
    mail.from.name,
    mail.replyTo?.name,
    mail.to.name,
  ];
  return ![...texts, ...Object.values(values), ...Object.values(mail.headers)].some(
    (text) => text !== undefined && itsOwn.test(text),
  );
}

export function isOneAddress(email: string): boolean {
  return /^[^\s,;:<>()"\\]+@[^\s,;:<>()"\\@]+$/.test(email);
}

function sizeOf(mail: OutgoingEmail, { values }: Merge): number {
  const texts = [...Object.values(values), ...Object.values(mail.headers)];
  return texts.reduce((sum, text) => sum + 3 * text.length, 200);
}
