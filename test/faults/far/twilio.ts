/** Twilio: texts, a call for each; no keys; signed callbacks to the address each message names. */
import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import { startTwilio, twilioAccount } from "../../fakes/twilio.ts";
import { behaviourOf } from "../audience.ts";
import { type FarDeps, type FarEnd, post } from "./far-end.ts";
import { httpEnd } from "./http-end.ts";

const sender = "+353861000000";
const unknownHandset = 30005;

export async function twilioEnd(deps: FarDeps, phones: readonly string[]): Promise<FarEnd> {
  const fake = await startTwilio();
  for (const phone of phones) if (behaviourOf(phone) === "refuse") fake.account.landlines.add(phone);
  return httpEnd(deps, {
    name: "twilio",
    channel: "sms",
    law: { idempotent: false, evidence: true },
    perCall: 10,
    calls: phones.length,
    words: {
      rateLimited: { body: { code: 20429, message: "Too Many Requests", more_info: "", status: 429 } },
      broken: { code: 20500, message: "An internal server error has occurred", more_info: "", status: 503 },
    },
    baseUrl: fake.baseUrl,
    taken: fake.taken,
    read: ({ to, messageId = "", atMs }) => ({ to, messageId, atMs }),
    connection: (base_url) => ({
      kind: "twilio",
      settings: { base_url, account_sid: twilioAccount.sid, from: sender },
      auth_token: twilioAccount.token,
    }),
    register: () => undefined,
    event(text, kind) {
      const noted =
        kind === "bounced"
          ? fake.hooks.status(text, "undelivered", unknownHandset)
          : fake.hooks.status(text, "delivered");
      return () => post(noted.url, noted.headers(), noted.body);
    },
    forge({ to, messageId }, { webhook_url }) {
      const url = `${webhook_url}?mid=${messageId}`;
      const fields = {
        AccountSid: twilioAccount.sid,
        MessageSid: "SMforged",
        MessageStatus: "undelivered",
        To: to,
      };
      const headers = {
        "content-type": "application/x-www-form-urlencoded; charset=utf-8",
        "x-twilio-signature": getExpectedTwilioSignature("guess", url, fields),
      };
      return post(url, headers, new URLSearchParams(fields).toString());
    },
    stop: fake.stop,
  });
}
