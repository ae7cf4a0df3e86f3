/** Sendmode, in its newest generation: texts, a call for each; no keys; reports known by the secret in their address. */
import { sendmodeAccount, startSendmode } from "../../fakes/sendmode.ts";
import { behaviourOf } from "../audience.ts";
import { type FarDeps, type FarEnd, post } from "./far-end.ts";
import { httpEnd } from "./http-end.ts";

const secret = "fault-run-secret";
const asJson = { "content-type": "application/json" };
const plus = (number: string) => `+${number.replace(/^\+/, "")}`;

export async function sendmodeEnd(deps: FarDeps, phones: readonly string[]): Promise<FarEnd> {
  const fake = await startSendmode();
  fake.account.credits = Number.POSITIVE_INFINITY;
  for (const phone of phones)
    if (behaviourOf(phone) === "refuse") fake.account.refused.add(phone.replace("+", ""));
  let hook = "";
  return httpEnd(deps, {
    name: "sendmode",
    channel: "sms",
    law: { idempotent: false, evidence: true },
    perCall: 10,
    calls: phones.length,
    words: {
      rateLimited: { body: { is_successful: false, error_message: "Too many requests" } },
      broken: { is_successful: false, error_message: "Internal error" },
    },
    baseUrl: fake.baseUrl,
    taken: fake.taken,
    read: ({ to, customerId = "" }) => ({ to: plus(to), messageId: customerId }),
    connection: (base_url) => ({
      kind: "sendmode",
      settings: { generation: "engage-3", base_url, sender_id: "Acme", username: sendmodeAccount.user },
      api_key: sendmodeAccount.key,
      webhook_secret: secret,
    }),
    register(webhookUrl) {
      const address = new URL(webhookUrl);
      address.searchParams.set("token", secret);
      hook = address.href;
      return undefined;
    },
    event(text, kind) {
      const { url, init } = fake.hooks.status(hook, text, kind === "bounced" ? "UNDELIV" : "DELIVRD", "json");
      return () => post(url, asJson, String(init.body));
    },
    forge({ to, messageId }, { webhook_url }) {
      const address = new URL(webhook_url);
      address.searchParams.set("token", "guessed");
      const report = { request_id: "forged", mobile_number: to, status: "UNDELIV", customer_id: messageId };
      return post(address.href, asJson, JSON.stringify(report));
    },
    stop: fake.stop,
  });
}
