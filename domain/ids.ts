/** Ids: UUIDv7 (RFC 9562) shown as a typed prefix and 26 sortable characters of Crockford's base 32. */
declare const kind: unique symbol;
export type Id<P extends string> = `${P}_${string}` & { readonly [kind]: P };

export const prefixes = {
  tenant: "ten",
  user: "usr",
  invitation: "inv",
  apiKey: "key",
  contact: "ctc",
  consent: "con",
  tag: "tag",
  list: "lst",
  segment: "seg",
  import: "imp",
  template: "tpl",
  campaign: "cmp",
  run: "run",
  message: "msg",
  event: "evt",
  connection: "cxn",
  audit: "aud",
  deadLetter: "dlt",
  mail: "mai",
  directSend: "dir",
  reply: "rpl",
  hookPayload: "hkp",
} as const;
export type Prefix = (typeof prefixes)[keyof typeof prefixes];

export type TenantId = Id<"ten">;
export type UserId = Id<"usr">;
export type InvitationId = Id<"inv">;
export type ApiKeyId = Id<"key">;
export type ContactId = Id<"ctc">;
export type ConsentId = Id<"con">;
export type TagId = Id<"tag">;
export type ListId = Id<"lst">;
export type SegmentId = Id<"seg">;
export type ImportId = Id<"imp">;
export type TemplateId = Id<"tpl">;
export type CampaignId = Id<"cmp">;
export type RunId = Id<"run">;
export type MessageId = Id<"msg">;
export type EventId = Id<"evt">;
export type ConnectionId = Id<"cxn">;
export type AuditId = Id<"aud">;
export type DeadLetterId = Id<"dlt">;
export type MailId = Id<"mai">;
/** One transactional message that was asked for by API. */
export type DirectSendId = Id<"dir">;
export type ReplyId = Id<"rpl">;
export type HookPayloadId = Id<"hkp">;

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
const digitValue = new Int8Array(128).fill(-1);
for (let i = 0; i < alphabet.length; i++) digitValue[alphabet.charCodeAt(i)] = i;

/** 16 bytes as 26 characters; the order of the text is the order of the bytes. */
export function encodeBytes(bytes: Uint8Array): string {
  let text = "";
  let bits = 2; // 130 bits in 26 characters: two leading zero bits
  let buffer = 0;
  for (let i = 0; i < 16; i++) {
    buffer = (buffer << 8) | (bytes[i] as number);
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet[(buffer >>> bits) & 31];
    }
    buffer &= (1 << bits) - 1;
  }
  return text;
}

/** The 16 bytes behind 26 characters; undefined where the text is not such a number. */
export function decodeText(text: string): Uint8Array | undefined {
  if (text.length !== 26) return undefined;
  const bytes = new Uint8Array(16);
  let buffer = 0;
  let bits = -2;
  let at = 0;
  for (let i = 0; i < 26; i++) {
    const value = digitValue[text.charCodeAt(i)] ?? -1;
    if (value < 0 || (i === 0 && value > 7)) return undefined;
    buffer = (buffer << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (buffer >>> bits) & 255;
      buffer &= (1 << bits) - 1;
    }
  }
  return bytes;
}

export function idFromBytes<P extends Prefix>(prefix: P, bytes: Uint8Array): Id<P> {
  return `${prefix}_${encodeBytes(bytes)}` as Id<P>;
}

/** Throws on text that never was an id: ids are parsed at the doors, inside they are believed. */
export function idToBytes(id: Id<Prefix>): Uint8Array {
  const bytes = decodeText(id.slice(4));
  if (!bytes) throw new TypeError(`not an id: ${id}`);
  return bytes;
}

export function isId<P extends Prefix>(prefix: P, text: string): text is Id<P> {
  return text.startsWith(`${prefix}_`) && decodeText(text.slice(4)) !== undefined;
}

/** UUIDv7: 48 bits of milliseconds, then version, variant and 74 random bits (RFC 9562 §5.7). */
export function uuid7(nowMs: number, random: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(16);
  bytes.set(random.subarray(0, 10), 6);
  const high = Math.floor(nowMs / 0x1_0000_0000);
  bytes[0] = (high >>> 8) & 255;
  bytes[1] = high & 255;
  bytes[2] = (nowMs >>> 24) & 255;
  bytes[3] = (nowMs >>> 16) & 255;
  bytes[4] = (nowMs >>> 8) & 255;
  bytes[5] = nowMs & 255;
  bytes[6] = 0x70 | ((bytes[6] as number) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] as number) & 0x3f);
  return bytes;
}

/** When an id was minted, in milliseconds since 1970. */
export function mintedAtMs(id: Id<Prefix>): number {
  const b = idToBytes(id) as unknown as [number, number, number, number, number, number];
  return (b[0] * 256 + b[1]) * 0x1_0000_0000 + b[2] * 0x100_0000 + b[3] * 0x1_0000 + b[4] * 256 + b[5];
}
