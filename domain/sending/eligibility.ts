/** May this person be written to now? Asked when the audience is frozen (in SQL) and again right before the send. */
import type { ConsentStatus } from "../contact/consent.ts";
import type { SkipReason } from "./ledger.ts";

export type Recipient = {
  /** Undefined: the contact was deleted meanwhile. */
  readonly contact: { readonly email: string | null; readonly emailConsent: ConsentStatus } | undefined;
  readonly suppressed: boolean;
};

export function reasonToSkip(recipient: Recipient): SkipReason | undefined {
  const { contact, suppressed } = recipient;
  if (!contact || contact.email === null) return "no_address";
  if (suppressed) return "suppressed";
  if (contact.emailConsent === "unsubscribed") return "unsubscribed";
  if (contact.emailConsent !== "subscribed") return "no_consent";
  return undefined;
}
