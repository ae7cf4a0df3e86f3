/** Twilio's callbacks: forms signed by the vendor's own code, told often, in any order; STOP is obeyed by Twilio itself. */
import { randomBytes } from "node:crypto";
import { getExpectedBodyHash, getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import { reportDesk } from "./far-end-desk.ts";
import { type TakenText, twilioAccount } from "./twilio.ts";

type Fields = Readonly<Record<string, string>>;

export function twilioHooks(now: () => number, account: { readonly optedOut: Set<string> }, token: string) {
  const desk = reportDesk((status) => status >= 200 && status < 300);

  function note(url: string, fields: Fields) {
    const signature = getExpectedTwilioSignature(token, url, { ...fields });
    return desk.note(url, new URLSearchParams(fields).toString(), () => ({
      "content-type": "application/x-www-form-urlencoded; charset=utf-8",
      "user-agent": "TwilioProxy/1.1",
      "i-twilio-idempotency-token": randomBytes(16).toString("hex"),
      "x-twilio-signature": signature,
    }));
  }

  return {
    ...desk,
    /** A status of a message, for the address it named. `code`: as with `failed` and `undelivered`. */
    status(text: TakenText, status: string, code?: number) {
      if (!text.statusCallback) throw new Error("this message named no address to report to");
      return note(text.statusCallback, {
        AccountSid: twilioAccount.sid,
        ApiVersion: "2010-04-01",
        ...(code ? { ErrorCode: String(code) } : {}),
        From: text.from ?? "+15005550006",
        MessageSid: text.sid,
        MessageStatus: status,
        ...(text.service ? { MessagingServiceSid: text.service } : {}),
        ...(status === "delivered" ? { RawDlrDoneDate: rawDate(now()) } : {}),
        SmsSid: text.sid,
        SmsStatus: status,
        To: text.to,
      });
    },
    /** Somebody writes to one of the account's numbers. `optOutType`: as where Advanced Opt-Out is on. */
    incoming(url: string, from: string, to: string, body: string, optOutType?: "STOP" | "START" | "HELP") {
      const word = optOutType ?? body.trim().toUpperCase();
      if (word === "STOP") account.optedOut.add(from);
      if (word === "START") account.optedOut.delete(from);
      const sid = `SM${randomBytes(16).toString("hex")}`;
      return note(url, {
        AccountSid: twilioAccount.sid,
        ApiVersion: "2010-04-01",
        Body: body,
        From: from,
        FromCountry: "IE",
        MessageSid: sid,
        NumMedia: "0",
        NumSegments: "1",
        ...(optOutType ? { OptOutType: optOutType } : {}),
        SmsMessageSid: sid,
        SmsSid: sid,
        SmsStatus: "received",
        To: to,
      });
    },
    /** A report as JSON, whose body is named by its hash in the address. */
    json(url: string, value: unknown) {
      const body = JSON.stringify(value);
      const address = `${url}${url.includes("?") ? "&" : "?"}bodySHA256=${getExpectedBodyHash(body)}`;
      const signature = getExpectedTwilioSignature(token, address, {});
      return desk.note(address, body, () => ({
        "content-type": "application/json",
        "x-twilio-signature": signature,
      }));
    },
  };
}

/** `yyMMddHHmm`. */
function rawDate(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\D/g, "").slice(2, 12);
}
