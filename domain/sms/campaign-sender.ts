/** Who a campaign's texts are from, at each of the connections they may go out by, and how one leaves them. */
import type { ProviderKind } from "../sending/provider.ts";
import { defaultOptOut, type OptOutWords } from "./opt-out.ts";
import { optOutBy, readSender, type Sender, type SenderProblem, senderRules } from "./sender-id.ts";

export type SmsConnection = {
  readonly name: string;
  readonly kind: ProviderKind;
  readonly settings: Readonly<Record<string, unknown>>;
};

const pool: Sender = { kind: "pool", takesReplies: true };

/** `sender`: the campaign's own; empty where the connection's is taken. */
export function senderAt(
  connection: SmsConnection,
  sender: string,
):
  | { readonly ok: true; readonly sender: Sender; readonly shown: string }
  | { readonly ok: false; readonly problem: SenderProblem } {
  const { kind, settings } = connection;
  const text = (name: string) => String(settings[name] ?? "");
  const own = kind === "twilio" ? text("from") : kind === "sendmode" ? text("sender_id") : "";
  const shown = sender || own;
  if (shown === "") {
    if (kind === "twilio" && text("messaging_service_sid") !== "")
      return { ok: true, sender: pool, shown: "a number of the messaging service" };
    if (kind === "sandbox") return { ok: true, sender: pool, shown: "the sandbox's number" };
    return { ok: false, problem: "empty" };
  }
  const rules = kind === "twilio" || kind === "sendmode" ? senderRules[kind] : senderRules.sandbox;
  const read = readSender(shown, rules);
  return read.ok ? { ok: true, sender: read.sender, shown } : read;
}

export const senderProblemWords: Readonly<Record<SenderProblem, string>> = {
  empty: "no sender is set",
  too_long: "the name is too long",
  no_letter: "a name needs a letter",
  characters: "a name has letters, digits and plain signs only",
  number: "a number is written as +353861234567",
};

/**
 * One line for the whole run, whichever connection a message takes: where any of them cannot be answered, the link is
 * the way that is open to everybody.
 */
export function optOutFor(
  words: OptOutWords | null,
  connections: readonly SmsConnection[],
  sender: string,
): { readonly by: "keyword" | "link"; readonly line: string } {
  const isLink = connections.some((connection) => {
    const read = senderAt(connection, sender);
    return read.ok && optOutBy(read.sender) === "link";
  });
  const by = isLink ? "link" : "keyword";
  return { by, line: (words ?? defaultOptOut)[by] };
}
