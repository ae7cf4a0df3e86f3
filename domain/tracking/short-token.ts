/**
 * Tokens for links in text messages, where each character is paid for:
 *
 *   token = base64url( 7 bytes of the tenant · 8 bytes of the message · proof 6 bytes )      28 characters
 *
 * The beginnings of both ids are looked up by index; the proof, over the whole ids, says which of those that begin so
 * is meant, so two that share a beginning are no trouble. 48 bits of proof are guessed online only: each guess is a
 * request to us, names one message that must exist, and wins a counted click or one person's leaving.
 * Its context keeps it apart from the tokens of mails (token.ts); clicking and leaving have disjoint slices.
 */
import { idToBytes, type MessageId, type TenantId } from "../ids.ts";
import { fromBase64Url, toBase64Url } from "./base64url.ts";
import type { Signer } from "./signer.ts";

export const shortPurposes = ["track", "consent"] as const;
export type ShortPurpose = (typeof shortPurposes)[number];

const tenantBytes = 7;
const messageBytes = 8;
const proofBytes = 6;
const tokenBytes = tenantBytes + messageBytes + proofBytes;
export const shortTokenLength = (tokenBytes / 3) * 4;
const context = new TextEncoder().encode("larkpost/short/1\0");

function proofsOf(sign: Signer, tenantId: TenantId, messageId: MessageId): Uint8Array {
  const signed = new Uint8Array(context.length + 32);
  signed.set(context);
  signed.set(idToBytes(tenantId), context.length);
  signed.set(idToBytes(messageId), context.length + 16);
  return sign(signed);
}

const sliceOf = (proofs: Uint8Array, purpose: ShortPurpose): Uint8Array => {
  const from = shortPurposes.indexOf(purpose) * proofBytes;
  return proofs.subarray(from, from + proofBytes);
};

export type ShortTokens = Readonly<Record<ShortPurpose, string>>;

/** Both tokens of one message, for one HMAC. `sign` is `deploymentKey().sign`. */
export function shortTokens(sign: Signer, tenantId: TenantId, messageId: MessageId): ShortTokens {
  const token = new Uint8Array(tokenBytes);
  token.set(idToBytes(tenantId).subarray(0, tenantBytes));
  token.set(idToBytes(messageId).subarray(0, messageBytes), tenantBytes);
  const proofs = proofsOf(sign, tenantId, messageId);
  const write = (purpose: ShortPurpose) => {
    token.set(sliceOf(proofs, purpose), tenantBytes + messageBytes);
    return toBase64Url(token);
  };
  return { track: write("track"), consent: write("consent") };
}

export type ShortToken = {
  /** What the ids begin with. */
  readonly tenant: Uint8Array;
  readonly message: Uint8Array;
  readonly proof: Uint8Array;
  /** Which link; null where none is named. */
  readonly position: number | null;
};

/** Undefined for what cannot be one. Text after the token must be a link's position, and only where links are followed. */
export function readShortToken(purpose: ShortPurpose, text: string): ShortToken | undefined {
  const rest = text.slice(shortTokenLength);
  if (rest !== "" && (purpose !== "track" || !/^(0|[1-9]\d{0,2})$/.test(rest))) return undefined;
  const token = fromBase64Url(text.slice(0, shortTokenLength));
  if (token?.length !== tokenBytes) return undefined;
  return {
    tenant: token.subarray(0, tenantBytes),
    message: token.subarray(tenantBytes, tenantBytes + messageBytes),
    proof: token.subarray(tenantBytes + messageBytes),
    position: rest === "" ? null : Number(rest),
  };
}

/** Whether the token was written for this message, and for this purpose. */
export function provesShort(
  sign: Signer,
  purpose: ShortPurpose,
  token: ShortToken,
  tenantId: TenantId,
  messageId: MessageId,
): boolean {
  const proof = sliceOf(proofsOf(sign, tenantId, messageId), purpose);
  // Every byte is compared, so that the time taken says nothing about how many were right.
  let difference = token.proof.length ^ proofBytes;
  for (let i = 0; i < proofBytes; i++) difference |= (proof[i] as number) ^ (token.proof[i] as number);
  return difference === 0;
}

/** All ids that begin with these bytes lie between both ends, as the database orders bytes. */
export function rangeOf(beginning: Uint8Array): { readonly first: Uint8Array; readonly last: Uint8Array } {
  const first = new Uint8Array(16);
  const last = new Uint8Array(16).fill(255);
  first.set(beginning);
  last.set(beginning);
  return { first, last };
}
