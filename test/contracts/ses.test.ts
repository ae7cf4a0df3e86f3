/** The provider contract over Amazon SES: a call for each mail. */
import { idMint } from "#domain/ports";
import { openSes } from "#queues/providers/ses/adapter";
import { startSes } from "../fakes/ses.ts";
import { type FarEnd, providerContract } from "./provider.ts";

const newId = idMint(Date.now, (bytes) => void crypto.getRandomValues(bytes));

async function open(): Promise<FarEnd> {
  const fake = await startSes();
  fake.account.refused.add("virus@people.example");
  const provider = openSes(
    { now: Date.now },
    {
      tenantId: newId("ten"),
      id: newId("cxn"),
      kind: "ses",
      settings: { region: fake.region, base_url: fake.baseUrl, configuration_set: "larkpost" },
      secrets: { access_key_id: "AKIATESTKEY", secret_access_key: "test/secret+key" },
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
    poison: "virus@people.example",
    loseNextAnswer: async () => void fake.faults.push({ kind: "hang", when: "after" }),
    vanish: stop,
    revoke: async () => fake.keys.clear(),
    // SES names no wait: it always means the next second (test/unit/providers/ses.test.ts).
    close: stop,
  };
}

providerContract("Amazon SES", open);
