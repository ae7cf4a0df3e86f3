/**
 * Tokens in recipient links: who it is about, and proof that we wrote it.
 *
 *   token = base64url( tenant 16 bytes · message 16 bytes · proof 10 bytes )      56 characters
 *
 * One HMAC-SHA256 per message, over tenant and message, yields three proofs: disjoint slices of its output, which
 * tell nothing about one another. So a leaked click link (a Referer, a proxy's log) opens no preference page.
 * A link's position follows a click token in clear: whoever changes it reaches another frozen link of the same mail.
 * Threat model and figures: docs/tracking.md.
 */
import { idFromBytes, idToBytes, type MessageId, type TenantId } from "../ids.ts";
import { fromBase64Url, toBase64Url } from "./base64url.ts";
import type { Signer } from "./signer.ts";

/** One proof each: `track` for opens and clicks, `consent` for unsubscribe and preferences, `view` for the mail itself. */
export const purposes = ["track", "consent", "view"] as const;
export type Purpose = (typeof purposes)[number];
export type MessageTokens = Readonly<Record<Purpose, string>>;

const proofBytes = 10;
const subjectBytes = 32;
const tokenBytes = subjectBytes + proofBytes;
export const tokenLength = (tokenBytes / 3) * 4;
/** Keeps these proofs apart from whatever else the same key may ever sign. */
const context = new TextEncoder().encode("larkpost/message/1\0");

function subjectOf(tenantId: TenantId, messageId: MessageId): Uint8Array {
  const bytes = new Uint8Array(subjectBytes);
  bytes.set(idToBytes(tenantId));
  bytes.set(idToBytes(messageId), 16);
  return bytes;
}

function proofsOf(sign: Signer, subject: Uint8Array): Uint8Array {
  const signed = new Uint8Array(context.length + subjectBytes);
  signed.set(context);
  signed.set(subject, context.length);
  return sign(signed);
}

const sliceOf = (purpose: Purpose) => purposes.indexOf(purpose) * proofBytes;

/** All tokens of one message, for one HMAC. `sign` is `deploymentKey().sign`. */
export function messageTokens(sign: Signer, tenantId: TenantId, messageId: MessageId): MessageTokens {
  const token = new Uint8Array(tokenBytes);
  const subject = subjectOf(tenantId, messageId);
  const proofs = proofsOf(sign, subject);
  token.set(subject);
  const write = (purpose: Purpose) => {
    const from = sliceOf(purpose);
    token.set(proofs.subarray(from, from + proofBytes), subjectBytes);
    return toBase64Url(token);
  };
  return { track: write("track"), consent: write("consent"), view: write("view") };
}

/** One token alone. */
export function signToken(sign: Signer, purpose: Purpose, tenantId: TenantId, messageId: MessageId): string {
  return messageTokens(sign, tenantId, messageId)[purpose];
}

export type Verified = {
  readonly tenantId: TenantId;
  readonly messageId: MessageId;
  /** For click links: which one. */
  readonly position: number | null;
};

/** Undefined for anything we did not write for this purpose. Text after the token must be a link's position. */
export function verifyToken(sign: Signer, purpose: Purpose, text: string): Verified | undefined {
  const rest = text.slice(tokenLength);
  if (rest !== "" && (purpose !== "track" || !/^(0|[1-9]\d{0,5})$/.test(rest))) return undefined;
  const token = fromBase64Url(text.slice(0, tokenLength));
  if (!token || token.length !== tokenBytes) return undefined;
  const subject = token.subarray(0, subjectBytes);
  const proofs = proofsOf(sign, subject);
  const from = sliceOf(purpose);
  // Every byte is compared, so that the time taken says nothing about how many were right.
  let difference = 0;
  for (let i = 0; i < proofBytes; i++) {
    difference |= (proofs[from + i] as number) ^ (token[subjectBytes + i] as number);
  }
  if (difference !== 0) return undefined;
  return {
    tenantId: idFromBytes("ten", subject.subarray(0, 16)),
    messageId: idFromBytes("msg", subject.subarray(16)),
    position: rest === "" ? null : Number(rest),
  };
}
