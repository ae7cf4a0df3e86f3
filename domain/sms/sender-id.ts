/** Who a text message is from, and whether that sender can be answered. */
import { septetsOf } from "./gsm7.ts";

export type Sender =
  | { readonly kind: "number" | "short_code"; readonly takesReplies: true }
  /** Chosen by the provider from a pool of numbers. */
  | { readonly kind: "pool"; readonly takesReplies: true }
  /** A name: nobody can answer it, so STOP is no way out. */
  | { readonly kind: "name"; readonly takesReplies: false };

export type SenderProblem = "empty" | "too_long" | "no_letter" | "characters" | "number";

export type SenderRules = {
  /** 11 by 3GPP TS 23.040 §9.1.2.5, eleven septets; Sendmode documents 15. */
  readonly longestName: number;
  /** Words that stand for a pool of numbers that can be answered. */
  readonly pools: readonly string[];
};
export const senderRules = {
  twilio: { longestName: 11, pools: [] },
  sendmode: { longestName: 15, pools: ["repliable"] },
  sandbox: { longestName: 11, pools: [] },
} as const satisfies Record<string, SenderRules>;

/** ITU-T E.164: at most fifteen digits, no country begins with 0. */
const number = /^\+[1-9]\d{6,14}$/;
const shortCode = /^\d{3,8}$/;

export function readSender(
  text: string,
  rules: SenderRules,
): { readonly ok: true; readonly sender: Sender } | { readonly ok: false; readonly problem: SenderProblem } {
  const problem = (what: SenderProblem) => ({ ok: false, problem: what }) as const;
  const sender = (found: Sender) => ({ ok: true, sender: found }) as const;
  if (text.trim() === "") return problem("empty");
  if (number.test(text)) return sender({ kind: "number", takesReplies: true });
  if (shortCode.test(text)) return sender({ kind: "short_code", takesReplies: true });
  if (rules.pools.includes(text.toLowerCase())) return sender({ kind: "pool", takesReplies: true });
  // Digits with a plus or in a row too long for a short code were meant as a number.
  if (/^\+?[\d\s()-]+$/.test(text)) return problem("number");
  if (![...text].every((character) => septetsOf(character) === 1 && character >= " ") || text !== text.trim())
    return problem("characters");
  if (text.length > rules.longestName) return problem("too_long");
  // Networks refuse names without a letter: they would pass for numbers.
  if (!/[A-Za-z]/.test(text)) return problem("no_letter");
  return sender({ kind: "name", takesReplies: false });
}

/** By which way a recipient can leave: marketing by text must offer one in every message (docs/sms.md). */
export function optOutBy(sender: Sender): "keyword" | "link" {
  return sender.takesReplies ? "keyword" : "link";
}
