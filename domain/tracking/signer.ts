/** Signs recipient links: HMAC-SHA256 (RFC 2104), computed where it is asked for, as one click waits for one of them. */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";

/** 32 bytes that only the holder of the key can make of these bytes. */
export type Signer = (bytes: Uint8Array) => Uint8Array;

export function signerOf(key: Uint8Array): Signer {
  // The key is worked in once; what a message adds is two blocks.
  const keyed = hmac.create(sha256, key);
  return (bytes) => keyed.clone().update(bytes).digest();
}
