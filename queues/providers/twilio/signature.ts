/** X-Twilio-Signature (docs: usage/security): HMAC-SHA1 over the address that was called and the sorted form fields. */
import type { WebhookRequest } from "#domain/sending/provider";
import { isSameSecret } from "../constant-time.ts";

export async function isTwilioSignature(request: WebhookRequest, authToken: string): Promise<boolean> {
  const given = request.headers["x-twilio-signature"] ?? "";
  if (given === "" || authToken === "" || !URL.canParse(request.url)) return false;
  const bodyHash = new URL(request.url).searchParams.get("bodySHA256");
  const fields = bodyHash === null && request.method !== "GET" ? sortedFields(request.rawBody) : "";
  if (bodyHash !== null && !(await isSameSecret(bodyHash, await sha256(request.rawBody)))) return false;
  const key = await crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode(authToken),
    { name: "HMAC", hash: "SHA-1" },
    false,
    ["sign"],
  );
  for (const url of spellings(request.url)) {
    const mac = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(url + fields));
    if (await isSameSecret(given, btoa(String.fromCharCode(...new Uint8Array(mac))))) return true;
  }
  return false;
}

/** Key and value without anything between, by key; of a field that came several times each value once, sorted. */
function sortedFields(rawBody: string): string {
  const values = new Map<string, Set<string>>();
  for (const [name, value] of new URLSearchParams(rawBody)) {
    const known = values.get(name) ?? new Set();
    values.set(name, known.add(value));
  }
  return [...values]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, all]) => [...all].sort().map((value) => name + value))
    .join("");
}

/** Twilio signs the address with or without the standard port, as its older and newer parts do. */
function spellings(url: string): string[] {
  const parts = /^(https?):\/\/([^/?#:]+|\[[^\]]+\])(:\d+)?(.*)$/i.exec(url);
  if (!parts) return [url];
  const [, scheme = "", host = "", port = "", rest = ""] = parts;
  const standard = scheme.toLowerCase() === "https" ? ":443" : ":80";
  return [...new Set([url, `${scheme}://${host}${rest}`, `${scheme}://${host}${port || standard}${rest}`])];
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
