/** The Signed Event Webhook: ECDSA on P-256 with SHA-256 over moment and raw body (reference: @sendgrid/eventwebhook 8.0). */

/**
 * An event is brought again for 24 hours, and nothing says whether a repeat is signed anew: a narrow window would lose
 * reports after an outage. A replay within it changes nothing, for events are counted once by their sg_event_id.
 */
const oldestMs = 25 * 3_600_000;
const earliestMs = 5 * 60_000;

const algorithm = { name: "ECDSA", namedCurve: "P-256" } as const;
const keys = new Map<string, Promise<CryptoKey | undefined>>();
const maxKeys = 1_000;

export type SignedReport = {
  readonly signature: string | undefined;
  readonly timestamp: string | undefined;
  readonly rawBody: string;
};

/** `publicKey`: base64 of the SPKI, as SendGrid shows it; PEM lines around it do no harm. */
export async function isSendgridReport(
  publicKey: string,
  { signature, timestamp, rawBody }: SignedReport,
  nowMs: number,
): Promise<boolean> {
  if (!publicKey || !signature || !timestamp || !/^\d{1,12}$/.test(timestamp)) return false;
  const ageMs = nowMs - Number(timestamp) * 1_000;
  if (ageMs > oldestMs || ageMs < -earliestMs) return false;
  const der = fromBase64(signature);
  const raw = der && rawSignature(der);
  const key = raw && (await keyFrom(publicKey));
  if (!raw || !key) return false;
  const signed = new TextEncoder().encode(timestamp + rawBody);
  return crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, raw, signed);
}

async function keyFrom(text: string): Promise<CryptoKey | undefined> {
  const known = keys.get(text);
  if (known) return known;
  const spki = fromBase64(text.replace(/-----[^-]*-----|\s/g, ""));
  const made = spki
    ? crypto.subtle.importKey("spki", spki, algorithm, false, ["verify"]).catch(() => undefined)
    : Promise.resolve(undefined);
  if (keys.size >= maxKeys) keys.clear();
  keys.set(text, made);
  return made;
}

/**
 * `SEQUENCE { INTEGER r, INTEGER s }` (RFC 3279 §2.2.3) as the 64 bytes WebCrypto takes. Two numbers of at most 33
 * bytes need no long form of lengths.
 */
export function rawSignature(der: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return undefined;
  const raw = new Uint8Array(64);
  let at = 2;
  for (const end of [32, 64]) {
    const length = der[at + 1] ?? 0;
    if (der[at] !== 0x02 || length === 0 || at + 2 + length > der.length) return undefined;
    let number = der.subarray(at + 2, at + 2 + length);
    while (number.length > 32 && number[0] === 0) number = number.subarray(1);
    if (number.length > 32) return undefined;
    raw.set(number, end - number.length);
    at += 2 + length;
  }
  return at === der.length ? raw : undefined;
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  } catch {
    return undefined;
  }
}
