/** Consent and suppression: who may be written to, and why not. */
export const channels = ["email", "sms"] as const;
export type Channel = (typeof channels)[number];

/** `none`: never asked. `pending`: asked, not yet confirmed (double opt-in). */
export const consentStatuses = ["none", "pending", "subscribed", "unsubscribed"] as const;
export type ConsentStatus = (typeof consentStatuses)[number];

/** `opted_out`: by the person's own text message, and lifted by another one. */
export const suppressionReasons = ["bounced", "complained", "manual", "opted_out"] as const;
export type SuppressionReason = (typeof suppressionReasons)[number];

/** The ledger keeps an address without its channel: telephone numbers begin with a plus, e-mail addresses never alone. */
export function channelOf(address: string): Channel {
  return address.startsWith("+") && !address.includes("@") ? "sms" : "email";
}

/** What an import or an API write may do to consent: it never revives a person who left. */
export function consentAfterImport(current: ConsentStatus, claimed: ConsentStatus): ConsentStatus {
  if (current === "unsubscribed" || claimed === "none") return current;
  if (claimed === "unsubscribed") return "unsubscribed";
  if (current === "subscribed") return "subscribed";
  return claimed;
}
