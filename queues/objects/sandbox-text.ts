/** A text message as the sandbox keeps it: a mail without subject and HTML. */
import type { MailId } from "#domain/ids";
import type { Outcome, OutgoingSms } from "#domain/sending/provider";
import { actsOf, receptionOf } from "#domain/sending/sandbox-people";
import type { NewMail } from "./sandbox-store.ts";

/** Ten parts, as Twilio's 1,600 characters: more is no text message. */
const maxCharacters = 1_600;
const number = /^\+[1-9]\d{6,14}$/;

/** What the network says to the sender's face. */
export function textRefusal(sms: OutgoingSms): Outcome | undefined {
  if (!number.test(sms.to)) return { kind: "failed", reason: "21211: no valid number" };
  if (sms.text === "" || [...sms.text].length > maxCharacters)
    return { kind: "failed", reason: "21617: no text, or more than 1600 characters" };
  switch (receptionOf(sms.to)) {
    case "opted_out":
      return { kind: "failed", reason: "21610: this person opted out", optedOut: true };
    case "refuses":
      return { kind: "failed", reason: "21614: not a mobile number" };
    case "defers":
      return { kind: "deferred", reason: "30001: the queue is full", retryAfterMs: 5_000 };
    case "takes":
      return undefined;
  }
}

/** `mayReply`: nobody answers the answer to their own words, or two machines would talk for ever. */
export function newText(id: MailId, sms: OutgoingSms, nowMs: number, mayReply: boolean): NewMail {
  const acts = actsOf(sms.to).filter((act) => mayReply || act.happening !== "replied");
  return {
    id,
    messageId: sms.messageId,
    recipient: sms.to,
    sender: sms.from,
    subject: "",
    html: "",
    text: sms.text,
    headers: {},
    acts: acts.length,
    dueMs: nowMs + (acts[0]?.afterMs ?? 0),
    pixel: null,
    link: null,
    unsubscribe: null,
  };
}
