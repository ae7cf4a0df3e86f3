/** The public key in an X.509 certificate (RFC 5280 §4.1): WebCrypto takes keys, not certificates. */

type Element = {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
  readonly content: number;
};

const sequence = 0x30;
const integer = 0x02;
const version = 0xa0;

/** One element of DER (X.690 §8.1); undefined where the bytes do not hold what its length says. */
function elementAt(der: Uint8Array, start: number, limit: number): Element | undefined {
  const tag = der[start];
  const first = der[start + 1];
  if (tag === undefined || first === undefined) return undefined;
  let content = start + 2;
  let length = first;
  if (first & 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 3) return undefined;
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + (der[content + i] ?? 0);
    content += count;
  }
  const end = content + length;
  return end <= limit ? { tag, start, end, content } : undefined;
}

/** The `SubjectPublicKeyInfo` of a PEM certificate; undefined for what is none. */
export function publicKeyIn(pem: string): Uint8Array<ArrayBuffer> | undefined {
  const body = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(pem)?.[1];
  if (!body) return undefined;
  let der: Uint8Array<ArrayBuffer>;
  try {
    der = Uint8Array.from(atob(body.replace(/\s/g, "")), (c) => c.charCodeAt(0));
  } catch {
    return undefined;
  }
  const certificate = elementAt(der, 0, der.length);
  const signed =
    certificate?.tag === sequence ? elementAt(der, certificate.content, certificate.end) : undefined;
  if (signed?.tag !== sequence) return undefined;
  let at = signed.content;
  const next = (tag: number): Element | undefined => {
    const element = elementAt(der, at, signed.end);
    if (element?.tag !== tag) return undefined;
    at = element.end;
    return element;
  };
  next(version);
  // serialNumber, then signature, issuer, validity and subject, then the key.
  if (!next(integer)) return undefined;
  for (let i = 0; i < 4; i++) if (!next(sequence)) return undefined;
  const key = next(sequence);
  return key && der.slice(key.start, key.end);
}
