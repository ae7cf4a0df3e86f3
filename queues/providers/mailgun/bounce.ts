/** What a permanent failure says of the address (Mailgun's reasons; RFC 3463 for enhanced codes). */
export type PermanentFailure = {
  readonly reason: string;
  readonly code: number | undefined;
  readonly enhanced: string;
  readonly words: string;
};

/** hard: the address is gone; soft: it may take mail again; block: the sender or the content is the problem. */
export function bounceOf({ reason, code, enhanced, words }: PermanentFailure): "hard" | "soft" | "block" {
  if (reason === "suppress-bounce" || code === 605) return "hard";
  if (reason === "espblock" || reason === "blacklisted") return "block";
  // Given up after many tries.
  if (reason === "old" || reason === "greylisted") return "soft";
  const status = /\b[45]\.(\d{1,3}\.\d{1,3})\b/.exec(`${enhanced} ${words}`)?.[1] ?? "";
  // X.7: security or policy. X.2.2: mailbox full. X.3, X.4: system or network. X.1.8: the sender's address.
  if (status.startsWith("7.") || status === "1.8") return "block";
  if (status === "2.2" || status.startsWith("3.") || status.startsWith("4.")) return "soft";
  if (status !== "") return "hard";
  if (code === 552 || code === 452) return "soft";
  if (code === 554) return "block";
  return code !== undefined && code >= 400 && code < 500 ? "soft" : "hard";
}
