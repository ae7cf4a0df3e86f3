/** Passwords: scrypt (RFC 7914) in the PHC string format, compared in constant time. */
import { scrypt, timingSafeEqual } from "node:crypto";

type Cost = { readonly ln: number; readonly r: number; readonly p: number };
// OWASP Password Storage Cheat Sheet; 32 MB at a time, a third of a second of one core.
const cost: Cost = { ln: 15, r: 8, p: 3 };
const saltBytes = 16;
const keyBytes = 32;
const phc = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

// Nobody's hash. An unknown account costs the same as a known one, so time does not tell them apart.
const nobody = phcText(cost, Buffer.alloc(saltBytes), Buffer.alloc(keyBytes));

export async function hashPassword(password: string, random: (bytes: Uint8Array) => void): Promise<string> {
  const salt = Buffer.alloc(saltBytes);
  random(salt);
  return phcText(cost, salt, await derive(password, salt, cost, keyBytes));
}

/** `stored` is the account's PHC string, undefined where there is no such account: the answer is then always no. */
export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  const parts = phc.exec(stored ?? nobody);
  if (!parts) throw new Error("a stored password hash is not in PHC format");
  const [, ln, r, p, salt, hash] = parts as unknown as [string, string, string, string, string, string];
  const wanted = Buffer.from(hash, "base64");
  const stretched = { ln: Number(ln), r: Number(r), p: Number(p) };
  const derived = await derive(password, Buffer.from(salt, "base64"), stretched, wanted.length);
  return timingSafeEqual(derived, wanted) && stored !== undefined;
}

function derive(password: string, salt: Buffer, { ln, r, p }: Cost, length: number): Promise<Buffer> {
  const N = 2 ** ln;
  return new Promise((resolve, reject) => {
    // One spelling for what looks the same on any keyboard (NIST SP 800-63B §3.1.1.2).
    scrypt(password.normalize("NFKC"), salt, length, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

function phcText({ ln, r, p }: Cost, salt: Buffer, hash: Buffer): string {
  const text = (bytes: Buffer) => bytes.toString("base64").replace(/=+$/, "");
  return `$scrypt$ln=${ln},r=${r},p=${p}$${text(salt)}$${text(hash)}`;
}
