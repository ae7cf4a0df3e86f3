/**
 * Secrets at rest: AES-256-GCM under the tenant's own key, which is itself wrapped by the deployment's key.
 * A sealed value is 12 bytes of nonce followed by the ciphertext and its tag (NIST SP 800-38D).
 */
import type { TenantId } from "../ids.ts";
import { type Signer, signerOf } from "../tracking/signer.ts";

const nonceBytes = 12;
type FillRandom = (bytes: Uint8Array<ArrayBuffer>) => void;

async function importKey(raw: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", new Uint8Array(raw), "AES-GCM", false, ["encrypt", "decrypt"]);
}

async function encrypt(
  key: CryptoKey,
  plain: Uint8Array,
  context: string,
  random: FillRandom,
): Promise<Uint8Array> {
  const nonce = new Uint8Array(nonceBytes);
  random(nonce);
  const additionalData = new TextEncoder().encode(context);
  const sealed = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv: nonce, additionalData },
    key,
    new Uint8Array(plain),
  );
  const out = new Uint8Array(nonceBytes + sealed.byteLength);
  out.set(nonce);
  out.set(new Uint8Array(sealed), nonceBytes);
  return out;
}

async function decrypt(key: CryptoKey, sealed: Uint8Array, context: string): Promise<Uint8Array> {
  const iv = new Uint8Array(sealed.subarray(0, nonceBytes));
  const additionalData = new TextEncoder().encode(context);
  const body = new Uint8Array(sealed.subarray(nonceBytes));
  return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, key, body));
}

export type DeploymentKey = { readonly wrap: CryptoKey; readonly sign: Signer };

/** `base64` of 32 random bytes. One half of its purpose wraps tenant keys, the other signs recipient links (HKDF, RFC 5869). */
export async function deploymentKey(base64: string): Promise<DeploymentKey> {
  const raw = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  if (raw.length !== 32) throw new Error("DEPLOYMENT_KEY must be 32 bytes in base64");
  const base = await crypto.subtle.importKey("raw", raw, "HKDF", false, ["deriveBits", "deriveKey"]);
  const derive = (info: string) =>
    crypto.subtle.deriveBits(
      { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: new TextEncoder().encode(info) },
      base,
      256,
    );
  const [wrap, sign] = await Promise.all([derive("larkpost/wrap/1"), derive("larkpost/links/1")]);
  return {
    wrap: await importKey(new Uint8Array(wrap)),
    sign: signerOf(new Uint8Array(sign)),
  };
}

export async function newWrappedKey(
  deployment: DeploymentKey,
  tenantId: TenantId,
  random: FillRandom,
): Promise<Uint8Array> {
  const raw = new Uint8Array(32);
  random(raw);
  return encrypt(deployment.wrap, raw, `tenant:${tenantId}`, random);
}

export async function unwrapKey(
  deployment: DeploymentKey,
  tenantId: TenantId,
  wrapped: Uint8Array,
): Promise<CryptoKey> {
  return importKey(await decrypt(deployment.wrap, wrapped, `tenant:${tenantId}`));
}

/** `context` names what is sealed (a connection's id): a sealed value cannot be moved to another row. */
export async function sealJson(
  key: CryptoKey,
  context: string,
  value: unknown,
  random: FillRandom,
): Promise<Uint8Array> {
  return encrypt(key, new TextEncoder().encode(JSON.stringify(value)), context, random);
}

/** Throws when the value was tampered with or belongs elsewhere. */
export async function unsealJson(key: CryptoKey, context: string, sealed: Uint8Array): Promise<unknown> {
  return JSON.parse(new TextDecoder().decode(await decrypt(key, sealed, context)));
}
