/** The provider contract over each generation of Sendmode. */
import { idMint } from "#domain/ports";
import type { OutgoingSms } from "#domain/sending/provider";
import { openSendmode } from "#queues/providers/sendmode/adapter";
import { sendmodeAccount, startSendmode } from "../fakes/sendmode.ts";
import { type FarEnd, smsProviderContract } from "./provider.ts";

const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));

async function open(generation: string): Promise<FarEnd<OutgoingSms>> {
  const fake = await startSendmode();
  const provider = openSendmode(
    { now: Date.now },
    {
      tenantId: newId("ten"),
      id: newId("cxn"),
      kind: "sendmode",
      settings: { generation, base_url: fake.baseUrl, sender_id: "Acme", username: sendmodeAccount.user },
      secrets: { api_key: sendmodeAccount.key, password: sendmodeAccount.password },
    },
  );
  let isStopped = false;
  const stop = async () => {
    if (!isStopped) await fake.stop();
    isStopped = true;
  };
  return {
    provider,
    taken: async () => fake.taken.map((text) => text.customerId),
    poison: "+353",
    loseNextAnswer: async () => void fake.faults.push({ kind: "hang", when: "after" }),
    vanish: stop,
    revoke: async () => {
      fake.credentials.isValid = false;
    },
    slowDown: async (waitMs) =>
      void fake.faults.push({ kind: "rate_limited", retryAfterSeconds: waitMs / 1_000 }),
    close: stop,
  };
}

for (const generation of ["engage-3", "rest-2", "http"])
  smsProviderContract(`Sendmode, ${generation}`, () => open(generation));
