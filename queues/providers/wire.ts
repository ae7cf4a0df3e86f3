/** What every adapter puts on the wire in the same way. */
import type { Address, OutgoingEmail } from "#domain/sending/provider";

/** Identifies a mail as ours in any provider's log: the ledger's message id. */
export const messageHeader = "X-Larkpost-Message";

export function wireHeaders(mail: OutgoingEmail): Record<string, string> {
  return { ...mail.headers, [messageHeader]: mail.messageId };
}

/** `Name <address>`, the name quoted where RFC 5322 §3.4 asks for it. Line breaks would start a new header. */
export function mailbox(address: Address): string {
  const name = address.name?.replace(/[\r\n\0]+/g, " ").trim();
  if (!name) return address.email;
  const plain = /^[\w!#$%&'*+\-/=?^`{|}~ \u0080-\u{10ffff}]+$/u.test(name);
  return `${plain ? name : `"${name.replace(/["\\]/g, "\\$&")}"`} <${address.email}>`;
}

export function errorText(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 300);
}

/** Reports come from outside: what is no JSON says nothing. */
export function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
