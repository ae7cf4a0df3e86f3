/** Who keeps a mailbox, told from the domain: the large ones slow senders down as one, whichever of their domains it is. */
export const mailboxGroups = ["gmail", "outlook", "yahoo", "apple", "other"] as const;
export type MailboxGroup = (typeof mailboxGroups)[number];

/** Consumer domains; a company's own domain hosted by one of them is told by its MX alone, and counts as other. */
const domains = {
  gmail: ["gmail.com", "googlemail.com"],
  outlook: ["outlook.com", "hotmail.com", "live.com", "msn.com", "passport.com"],
  yahoo: [
    "yahoo.com",
    "ymail.com",
    "rocketmail.com",
    "aol.com",
    "aim.com",
    "verizon.net",
    "att.net",
    "sbcglobal.net",
  ],
  apple: ["icloud.com", "me.com", "mac.com"],
} as const satisfies Record<Exclude<MailboxGroup, "other">, readonly string[]>;

/** Names under many countries' ends: hotmail.co.uk, yahoo.fr, live.nl. */
const families: readonly (readonly [string, MailboxGroup])[] = [
  ["outlook", "outlook"],
  ["hotmail", "outlook"],
  ["live", "outlook"],
  ["yahoo", "yahoo"],
  ["aol", "yahoo"],
];

const byDomain = new Map<string, MailboxGroup>(
  Object.entries(domains).flatMap(([group, names]) => names.map((name) => [name, group as MailboxGroup])),
);
const byFamily = new Map(families);
/** `.fr`, `.co.uk`, `.com.br`: what may follow a family's name. */
const countryEnd = /^(?:(?:com?|net)\.)?[a-z]{2}$/;

/** `address`: an e-mail address; whatever has no domain counts as other. */
export function mailboxGroupOf(address: string): MailboxGroup {
  const domain = address.slice(address.lastIndexOf("@") + 1).toLowerCase();
  const known = byDomain.get(domain);
  if (known) return known;
  const dot = domain.indexOf(".");
  const family = byFamily.get(domain.slice(0, dot));
  return family && countryEnd.test(domain.slice(dot + 1)) ? family : "other";
}
