/** Base64url without padding, for whole groups of three bytes: what recipient links are written in. */

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const digitOf = new Int8Array(128).fill(-1);
for (let i = 0; i < alphabet.length; i++) digitOf[alphabet.charCodeAt(i)] = i;

/** Whole groups of three bytes only: tokens need no padding (RFC 4648 section 5). */
export function toBase64Url(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const group = ((bytes[i] as number) << 16) | ((bytes[i + 1] as number) << 8) | (bytes[i + 2] as number);
    text +=
      (alphabet[group >>> 18] as string) +
      alphabet[(group >>> 12) & 63] +
      alphabet[(group >>> 6) & 63] +
      alphabet[group & 63];
  }
  return text;
}

/** Undefined for what is no whole number of groups, or holds other characters. */
export function fromBase64Url(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined;
  const bytes = new Uint8Array((text.length / 4) * 3);
  for (let i = 0, at = 0; i < text.length; i += 4) {
    let group = 0;
    for (let j = i; j < i + 4; j++) {
      const value = digitOf[text.charCodeAt(j)] ?? -1;
      if (value < 0) return undefined;
      group = (group << 6) | value;
    }
    bytes[at++] = group >>> 16;
    bytes[at++] = (group >>> 8) & 255;
    bytes[at++] = group & 255;
  }
  return bytes;
}
