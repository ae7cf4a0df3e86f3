/** Where a workspace may say its provider is: a public name, reached encrypted. */
import type { FieldError } from "../failure.ts";

/**
 * Undefined where the place may be asked. The platform reaches no private network (Workers connect to public addresses
 * alone); a name that resolves to one is its matter, what says so itself is refused here. `isLocal`: on one's own
 * machine providers are played by servers on it.
 */
export function wrongPlace(
  settings: Readonly<Record<string, unknown>>,
  isLocal: boolean,
): FieldError | undefined {
  if (typeof settings.base_url === "string" && settings.base_url !== "") {
    const detail = wrongUrl(settings.base_url, isLocal);
    if (detail) return { pointer: "/settings/base_url", detail };
  }
  if (isLocal || typeof settings.host !== "string") return undefined;
  if (!isPublicHost(settings.host))
    return { pointer: "/settings/host", detail: "A server on the public internet is wanted." };
  if (settings.security === "none" && settings.username !== "")
    return {
      pointer: "/settings/security",
      detail: "Without TLS the password would travel for all to read.",
    };
  return undefined;
}

function wrongUrl(address: string, isLocal: boolean): string | undefined {
  if (!URL.canParse(address)) return "This is no address.";
  const { protocol, username, password, search, hash, hostname } = new URL(address);
  if (protocol !== "https:" && !(isLocal && protocol === "http:")) return "An https address is wanted.";
  // It is shown to everybody in the workspace, and fetch takes no address with credentials.
  if (username !== "" || password !== "") return "Credentials have fields of their own.";
  if (search !== "" || hash !== "") return "The address ends with its path.";
  return isLocal || isPublicHost(hostname) ? undefined : "A server on the public internet is wanted.";
}

/** Names that mean one's own machine or network (RFC 6761, RFC 6762, RFC 8375, ICANN 2024 for `internal`). */
const privateNames = /(?:^|\.)(?:localhost|local|internal|home\.arpa|lan|intranet|corp|test|invalid)$/;

export function isPublicHost(host: string): boolean {
  const address = `https://${/^[0-9a-f:.]*:[0-9a-f:.]*$/i.test(host) ? `[${host}]` : host}/`;
  // A URL leaves line breaks out and goes on.
  if (/\s/.test(host) || !URL.canParse(address)) return false;
  // A URL spells every form of an IPv4 address in the same way: 0x7f.1 is 127.0.0.1.
  const url = new URL(address);
  const name = url.hostname.replace(/\.$/, "");
  if (url.host !== url.hostname || url.pathname !== "/" || url.username !== "") return false;
  if (name.startsWith("[")) return isPublicV6(name.slice(1, -1));
  const bytes = name.split(".").map(Number);
  if (bytes.length === 4 && bytes.every((byte) => Number.isInteger(byte))) return isPublicV4(bytes);
  return name.includes(".") && !privateNames.test(name);
}

/** IANA IPv4 Special-Purpose Address Registry, and what is no address of one machine. */
function isPublicV4([a = 0, b = 0, c = 0]: readonly number[]): boolean {
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false;
  if (a === 100 && b >= 64 && b < 128) return false;
  if (a === 169 && b === 254) return false;
  if (a === 172 && b >= 16 && b < 32) return false;
  if (a === 192 && (b === 168 || (b === 0 && (c === 0 || c === 2)))) return false;
  if (a === 198 && (b === 18 || b === 19 || (b === 51 && c === 100))) return false;
  return !(a === 203 && b === 0 && c === 113);
}

/** Global unicast is 2000::/3 (RFC 4291); documentation, 6to4 and Teredo within it lead elsewhere. */
const isPublicV6 = (text: string) => /^[23]/.test(text) && !/^(?:2001:db8:|2001:0?:|2001::|2002:)/.test(text);
