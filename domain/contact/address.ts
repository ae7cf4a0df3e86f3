/** Normal forms of what people type: e-mail addresses, phone numbers, locales, time zones, countries. */
import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/max";

// Invisible on screen, so never meant: soft hyphen, zero-width and direction marks, byte-order mark.
const invisible = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g;

/** RFC 5321 §4.1.2: `Dot-string` of `Atom`s; quoted local parts are legal there and refused here, as by most senders. */
const localPart = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const topLevel = /^(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})$/;
// Characters that a URL host would interpret rather than carry.
const notInDomain = /[\s/?#:@[\]%\\<>"'(),;^`{|}]/;
const asciiOnly = /^[\x21-\x7e]+$/;

/** RFC 5321 §4.5.3.1.1, and §4.5.3.1.3 less the two brackets of the path (RFC 3696 erratum 1690). */
export const maxLocalLength = 64;
export const maxEmailLength = 254;

/**
 * The one spelling under which an address is known; undefined where the text is no address we can write to.
 * Accepts `mailto:` links and `Name <address>`; folds case in both parts; writes international domains in punycode.
 */
export function normalizeEmail(text: string): string | undefined {
  // Anything longer is not an address with some decoration around it.
  if (text.length > 1_000) return undefined;
  const bare = withoutDecoration(text.replace(invisible, "").trim());
  const at = bare.lastIndexOf("@");
  if (at < 1) return undefined;
  const local = bare.slice(0, at);
  // Before any folding: the Kelvin sign would fold into an ASCII k. Mail to UTF-8 local parts needs SMTPUTF8 all the way.
  if (!asciiOnly.test(local) || local.length > maxLocalLength || !localPart.test(local)) return undefined;
  const domain = normalizeDomain(bare.slice(at + 1));
  if (!domain) return undefined;
  const email = `${local.toLowerCase()}@${domain}`;
  return email.length <= maxEmailLength ? email : undefined;
}

function withoutDecoration(text: string): string {
  const open = text.lastIndexOf("<");
  let inner = open >= 0 && text.endsWith(">") ? text.slice(open + 1, -1).trim() : text;
  if (/^mailto:/i.test(inner)) inner = inner.slice(7).split("?", 1)[0] ?? "";
  return inner.trim();
}

function normalizeDomain(text: string): string | undefined {
  const domain = text.normalize("NFC").toLowerCase();
  if (domain === "" || notInDomain.test(domain)) return undefined;
  const ascii = asciiOnly.test(domain) ? domain : toPunycode(domain);
  if (!ascii || ascii.length > 253) return undefined;
  const labels = ascii.split(".");
  if (labels.length < 2 || !labels.every((l) => label.test(l))) return undefined;
  return topLevel.test(labels[labels.length - 1] ?? "") ? ascii : undefined;
}

/** UTS 46 as URL hosts do it (WHATWG URL, domain to ASCII). */
function toPunycode(domain: string): string | undefined {
  const url = URL.canParse(`http://${domain}/`) ? new URL(`http://${domain}/`) : undefined;
  return url?.hostname || undefined;
}

/** E.164, as `+353861234567`. `country` (ISO 3166) is where a number without `+` is taken to be from. */
export function normalizePhone(text: string, country?: string): string | undefined {
  const cleaned = text.replace(invisible, "").trim();
  if (cleaned === "" || cleaned.length > 60) return undefined;
  const home = country?.toUpperCase() ?? "";
  const defaultCountry = isSupportedCountry(home) ? (home satisfies CountryCode) : undefined;
  // `00` is how most of the world dials out; without a country to tell, it can mean nothing else.
  const dialled = defaultCountry ? cleaned : cleaned.replace(/^00(?=[1-9])/, "+");
  const parsed = parsePhoneNumberFromString(dialled, { defaultCountry, extract: false });
  return parsed?.isValid() ? parsed.number : undefined;
}

/** BCP 47 in canonical case: `pt_br` becomes `pt-BR`. */
export function normalizeLocale(text: string): string | undefined {
  const tag = text.replace(invisible, "").trim().replaceAll("_", "-").replace(/\..*$/, "");
  // Registered languages have two or three letters; Intl would take any word of up to eight for one.
  if (!/^[a-z]{2,3}(?:-|$)/i.test(tag) || tag.length > 35) return undefined;
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}

const zoneNames = new Map<string, string>();

/** An IANA time zone in the database's own spelling. */
export function normalizeTimeZone(text: string): string | undefined {
  const name = text.replace(invisible, "").trim().replaceAll(" ", "_");
  // Offsets such as +01:00 pass Intl too, but they are no zones: they know no summer time.
  if (!/^[a-z][a-z0-9_+-]*(?:\/[a-z0-9_+-]+)*$/i.test(name) || name.length > 64) return undefined;
  if (zoneNames.size === 0)
    for (const zone of ["UTC", ...Intl.supportedValuesOf("timeZone")])
      zoneNames.set(zone.toLowerCase(), zone);
  const known = zoneNames.get(name.toLowerCase());
  if (known) return known;
  // Older names of zones are not in that list and are still valid.
  if (!name.includes("/")) return undefined;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return name;
  } catch {
    return undefined;
  }
}
