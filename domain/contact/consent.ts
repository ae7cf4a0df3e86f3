/** Consent and suppression: who may be written to, and why not. */
export const channels = ["email", "sms"] as const;
export type Channel = (typeof channels)[number];

/** `none`: never asked. `pending`: asked, not yet confirmed (double opt-in). */
export const consentStatuses = ["none", "pending", "subscribed", "unsubscribed"] as const;
export type ConsentStatus = (typeof consentStatuses)[number];

export const suppressionReasons = ["bounced", "complained", "manual"] as const;
export type SuppressionReason = (typeof suppressionReasons)[number];

/** What an import or an API write may do to consent: it never revives a person who left. */
export function consentAfterImport(current: ConsentStatus, claimed: ConsentStatus): ConsentStatus {
  if (current === "unsubscribed" || claimed === "none") return current;
  if (claimed === "unsubscribed") return "unsubscribed";
  if (current === "subscribed") return "subscribed";
  return claimed;
}
