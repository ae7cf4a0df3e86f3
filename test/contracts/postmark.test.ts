/** The provider contract over Postmark. */
import { idMint } from "#domain/ports";
import { openPostmark } from "#queues/providers/postmark/adapter";
import { startPostmark } from "../fakes/postmark.ts";
import { type FarEnd, providerContract } from "./provider.ts";

const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));

async function open(): Promise<FarEnd> {
  const fake = await startPostmark();
  fake.account.inactive.add("inactive@people.example");
  const provider = openPostmark(
    { now: Date.now },
    {
      tenantId: newId("ten"),
      id: newId("cxn"),
      kind: "postmark",
      settings: { base_url: fake.baseUrl, message_stream: "broadcast" },
      secrets: { api_key: "postmark-test-token" },
    },
  );
  let isStopped = false;
  const stop = async () => {
    if (!isStopped) await fake.stop();
    isStopped = true;
  };
  return {
    provider,
    taken: async () => fake.taken.map((mail) => mail.messageId),
    poison: "inactive@people.example",
    loseNextAnswer: async () => void fake.faults.push({ kind: "hang", when: "after" }),
    vanish: stop,
    revoke: async () => fake.tokens.clear(),
    slowDown: async (waitMs) =>
      void fake.faults.push({ kind: "rate_limited", retryAfterSeconds: waitMs / 1_000 }),
    close: stop,
  };
}

providerContract("Postmark", open);
