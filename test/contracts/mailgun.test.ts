/** The provider contract over Mailgun: as calls of many recipients, and one by one. */
import { idMint } from "#domain/ports";
import type { EmailProvider } from "#domain/sending/provider";
import { openMailgun } from "#queues/providers/mailgun/adapter";
import { startMailgun } from "../fakes/mailgun.ts";
import { type FarEnd, providerContract } from "./provider.ts";

const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));

async function open(over: (provider: EmailProvider) => EmailProvider): Promise<FarEnd> {
  const fake = await startMailgun();
  const provider = openMailgun(
    { now: Date.now },
    {
      tenantId: newId("ten"),
      id: newId("cxn"),
      kind: "mailgun",
      settings: { base_url: fake.baseUrl, domain: fake.domain },
      secrets: { api_key: "key-full" },
    },
  );
  let isStopped = false;
  const stop = async () => {
    if (!isStopped) await fake.stop();
    isStopped = true;
  };
  return {
    provider: over(provider),
    // Single calls run side by side and arrive in any order; ids are made in the order of the batch.
    taken: async () => fake.taken.map((mail) => mail.messageId).sort(),
    poison: "nobody@nowhere",
    loseNextAnswer: async () => void fake.faults.push({ kind: "hang", when: "after" }),
    vanish: stop,
    revoke: async () => fake.keys.clear(),
    slowDown: async (waitMs) =>
      void fake.faults.push({ kind: "rate_limited", retryAfterSeconds: waitMs / 1_000 }),
    close: stop,
  };
}

providerContract("Mailgun, many in one call", () => open((provider) => provider));
// A hundred at a time: a thousand calls one by one would only take longer.
providerContract("Mailgun, one by one", () =>
  open((provider) => ({
    ...provider,
    traits: { ...provider.traits, maxBatch: 100 },
    send: (batch, options) =>
      provider.send(
        batch.map((mail) => ({ ...mail, merge: undefined })),
        options,
      ),
  })),
);
