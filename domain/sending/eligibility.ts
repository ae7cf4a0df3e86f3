/** May this person be written to now? Asked when the audience is frozen (in SQL) and again right before the send. */
import type { Channel, ConsentStatus } from "../contact/consent.ts";
import type { SkipReason } from "./ledger.ts";

/** What of a person says whether they may be written to, by either channel: consent to one is none to the other. */
export type Reachable = {
  readonly email: string | null;
  readonly emailConsent: ConsentStatus;
  readonly phone: string | null;
  readonly smsConsent: ConsentStatus;
};

export type Recipient = {
  /** Undefined: the contact was deleted meanwhile. */
  readonly contact: Reachable | undefined;
  /** The address is on the channel's list of those not written to. */
  readonly suppressed: boolean;
};

export function reasonToSkip(channel: Channel, recipient: Recipient): SkipReason | undefined {
  const { contact, suppressed } = recipient;
  const [address, consent] = !contact
    ? [null, "none"]
    : channel === "sms"
      ? [contact.phone, contact.smsConsent]
      : [contact.email, contact.emailConsent];
  if (address === null) return "no_address";
  if (suppressed) return "suppressed";
  if (consent === "unsubscribed") return "unsubscribed";
  if (consent !== "subscribed") return "no_consent";
  return undefined;
}
