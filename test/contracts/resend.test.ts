/** The provider contract over Resend, through the vendor's own client. */
import { idMint } from "#domain/ports";
import { openResend } from "#queues/providers/resend";
import { startResend } from "../fakes/resend.ts";
import { type FarEnd, providerContract } from "./provider.ts";

const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));

async function open(): Promise<FarEnd> {
  const fake = await startResend();
  const provider = openResend(
    { now: Date.now },
    {
      tenantId: newId("ten"),
      id: newId("cxn"),
      kind: "resend",
      settings: { base_url: fake.baseUrl },
      secrets: { api_key: "re_test_full" },
    },
  );
  let isStopped = false;
  const stop = async () => {
    if (!isStopped) await fake.stop();
    isStopped = true;
  };
  return {
    provider,
    taken: async () => fake.taken.map((mail) => mail.headers["X-Larkpost-Message"]),
    poison: "not-an-address",
    loseNextAnswer: async () => void fake.faults.push({ kind: "hang", when: "after" }),
    vanish: stop,
    revoke: async () => fake.keys.clear(),
    slowDown: async (waitMs) =>
      void fake.faults.push({ kind: "rate_limited", retryAfterSeconds: waitMs / 1_000 }),
    close: stop,
  };
}

providerContract("Resend", open);
