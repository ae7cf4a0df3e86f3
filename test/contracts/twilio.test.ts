/** The provider contract over Twilio. */
import { idMint } from "#domain/ports";
import type { OutgoingSms } from "#domain/sending/provider";
import { openTwilio } from "#queues/providers/twilio/adapter";
import { startTwilio, twilioAccount } from "../fakes/twilio.ts";
import { type FarEnd, smsProviderContract } from "./provider.ts";

const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));

async function open(): Promise<FarEnd<OutgoingSms>> {
  const fake = await startTwilio();
  fake.account.landlines.add("+35318000000");
  const provider = openTwilio(
    { now: Date.now, env: { PUBLIC_ORIGIN: "https://mail.shop.example" } },
    {
      tenantId: newId("ten"),
      id: newId("cxn"),
      kind: "twilio",
      settings: {
        base_url: fake.baseUrl,
        account_sid: twilioAccount.sid,
        from: "+15005550006",
        messaging_service_sid: "",
      },
      secrets: { auth_token: twilioAccount.token },
    },
  );
  let isStopped = false;
  const stop = async () => {
    if (!isStopped) await fake.stop();
    isStopped = true;
  };
  return {
    provider,
    taken: async () => fake.taken.map((text) => text.messageId),
    poison: "+35318000000",
    loseNextAnswer: async () => void fake.faults.push({ kind: "hang", when: "after" }),
    vanish: stop,
    revoke: async () => fake.tokens.clear(),
    slowDown: async (waitMs) =>
      void fake.faults.push({ kind: "rate_limited", retryAfterSeconds: waitMs / 1_000 }),
    close: stop,
  };
}

smsProviderContract("Twilio", open);
