/** The provider contract over SendGrid: mails of one template in one call, and each in a call of its own. */
import { idMint } from "#domain/ports";
import type { EmailProvider } from "#domain/sending/provider";
import { openSendgrid } from "#queues/providers/sendgrid/adapter";
import { startSendgrid } from "../fakes/sendgrid.ts";
import { type FarEnd, providerContract } from "./provider.ts";

const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));

async function open(around: (provider: EmailProvider) => EmailProvider): Promise<FarEnd> {
  // Limits are told in whole seconds: a clock that stands on one gives exact waits.
  const now = () => 1_790_000_000_000;
  const fake = await startSendgrid({ now });
  const provider = openSendgrid(
    { now },
    {
      tenantId: newId("ten"),
      id: newId("cxn"),
      kind: "sendgrid",
      settings: { base_url: fake.baseUrl },
      secrets: { api_key: "SG.test.full" },
    },
  );
  let isStopped = false;
  const stop = async () => {
    if (!isStopped) await fake.stop();
    isStopped = true;
  };
  return {
    provider: around(provider),
    taken: async () => fake.taken.map((mail) => mail.messageId),
    poison: "not-an-address",
    loseNextAnswer: async () => void fake.faults.push({ kind: "hang", when: "after" }),
    vanish: stop,
    revoke: async () => fake.keys.clear(),
    slowDown: async (waitMs) =>
      void fake.faults.push({ kind: "rate_limited", retryAfterSeconds: waitMs / 1_000 }),
    close: stop,
  };
}

providerContract("SendGrid", () => open((provider) => provider));
providerContract("SendGrid without templates", () =>
  open((provider) => ({
    ...provider,
    send: (batch, options) =>
      provider.send(
        batch.map((mail) => ({ ...mail, merge: undefined })),
        options,
      ),
  })),
);
