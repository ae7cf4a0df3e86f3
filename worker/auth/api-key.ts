/** API keys: `lp_live_`, 40 random characters, 6 of checksum. Only SHA-256 of the whole is kept. */
import { sha256 } from "./digest.ts";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const prefix = "lp_live_";
const randomLength = 40;
const checksumLength = 6;
const shape = new RegExp(`^${prefix}[0-9A-Za-z]{${randomLength + checksumLength}}$`);

export type NewApiKey = { readonly key: string; readonly hint: string; readonly hash: Uint8Array };

export async function newApiKey(random: (bytes: Uint8Array) => void): Promise<NewApiKey> {
  const body = prefix + randomText(randomLength, random);
  const key = body + checksumOf(body);
  return { key, hint: `${key.slice(0, prefix.length + 4)}…`, hash: await sha256(key) };
}

/** The digest a key is known by; undefined for text that never was a key of ours, which needs no look-up. */
export async function apiKeyHash(text: string): Promise<Uint8Array | undefined> {
  if (!shape.test(text)) return undefined;
  const body = text.slice(0, -checksumLength);
  return checksumOf(body) === text.slice(-checksumLength) ? sha256(text) : undefined;
}

function randomText(length: number, random: (bytes: Uint8Array) => void): string {
  let text = "";
  const bytes = new Uint8Array(64);
  while (text.length < length) {
    random(bytes);
    // 248 is the largest multiple of 62 in a byte; what lies above would favour the first letters.
    for (const byte of bytes) if (byte < 248 && text.length < length) text += alphabet[byte % 62];
  }
  return text;
}

/** CRC-32 (ISO 3309) in base 62: finds typing errors and lets secret scanners recognise a key; no protection by itself. */
function checksumOf(text: string): string {
  let crc = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  let left = (crc ^ 0xffffffff) >>> 0;
  let out = "";
  for (let i = 0; i < checksumLength; i++) {
    out = alphabet.charAt(left % 62) + out;
    left = Math.floor(left / 62);
  }
  return out;
}
