/** Standard Webhooks signatures (spec 1.0.0), which Svix and with it Resend use: HMAC-SHA256 over id, moment and raw body. */
const toleranceMs = 5 * 60_000;

export type Signed = { readonly id: string; readonly timestamp: string; readonly signature: string };

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

async function hmacKey(secret: string): Promise<CryptoKey | undefined> {
  const raw = fromBase64(secret.replace(/^whsec_/, ""));
  if (!raw || raw.length === 0) return undefined;
  return crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
}

const signedText = (id: string, timestamp: string, rawBody: string) =>
  new TextEncoder().encode(`${id}.${timestamp}.${rawBody}`);

/** A fresh secret: 24 random bytes, in the form every Standard Webhooks library takes. */
export function newWebhookSecret(random: (bytes: Uint8Array) => void): string {
  const bytes = new Uint8Array(24);
  random(bytes);
  return `whsec_${toBase64(bytes)}`;
}

/** The value of the signature header; throws on a secret that is not base64, which only we could have stored. */
export async function signWebhook(
  secret: string,
  id: string,
  timestampSeconds: number,
  rawBody: string,
): Promise<string> {
  const key = await hmacKey(secret);
  if (!key) throw new Error("a webhook secret must be base64");
  const mac = await crypto.subtle.sign("HMAC", key, signedText(id, String(timestampSeconds), rawBody));
  return `v1,${toBase64(new Uint8Array(mac))}`;
}

/** Any of the listed v1 signatures may match, so that a secret can be rotated. */
export async function verifyWebhook(
  secret: string,
  signed: Partial<Signed>,
  rawBody: string,
  nowMs: number,
): Promise<boolean> {
  const { id, timestamp, signature } = signed;
  if (!id || !timestamp || !signature || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(nowMs - Number(timestamp) * 1_000) > toleranceMs) return false;
  const key = await hmacKey(secret);
  if (!key) return false;
  const message = signedText(id, timestamp, rawBody);
  // A handful covers every rotation; more would only be work for a forger's sake.
  for (const part of signature.split(" ").slice(0, 8)) {
    if (!part.startsWith("v1,")) continue;
    const mac = fromBase64(part.slice(3));
    // subtle.verify compares in constant time.
    if (mac && (await crypto.subtle.verify("HMAC", key, mac, message))) return true;
  }
  return false;
}
