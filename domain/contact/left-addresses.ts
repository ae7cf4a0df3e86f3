/** Addresses whose owner unsubscribed and which a write takes off their contact: nobody else remembers that they left. */
import type { Channel, ConsentStatus } from "./consent.ts";

type Reachable = { readonly email: string | null; readonly phone: string | null };
type Person = Reachable & { readonly emailConsent: ConsentStatus; readonly smsConsent: ConsentStatus };

/** `after` is undefined when the contact is deleted. */
export function leftAddresses(
  before: Person,
  after: Reachable | undefined,
): { readonly channel: Channel; readonly address: string }[] {
  const left: { channel: Channel; address: string }[] = [];
  if (before.emailConsent === "unsubscribed" && before.email && before.email !== after?.email)
    left.push({ channel: "email", address: before.email });
  if (before.smsConsent === "unsubscribed" && before.phone && before.phone !== after?.phone)
    left.push({ channel: "sms", address: before.phone });
  return left;
}
