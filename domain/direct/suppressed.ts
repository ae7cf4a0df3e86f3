/** A transactional message needs no consent; it does not go where mail cannot arrive or was called spam. */
import type { Channel, SuppressionReason } from "../contact/consent.ts";

/**
 * An address that somebody put on the list by hand still gets its receipts and passwords. A phone number does not:
 * networks block a sender that goes on writing after STOP, whatever it writes (CTIA Messaging Principles §5.1.3).
 */
export function holdsBack(channel: Channel, reason: SuppressionReason | null): boolean {
  if (reason === null) return false;
  return channel === "sms" || reason === "bounced" || reason === "complained";
}
