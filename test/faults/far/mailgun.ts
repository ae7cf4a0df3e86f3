/** Mailgun: no keys; a call makes a mail for each of its recipients; one signed event a post. */
import { startMailgun } from "../../fakes/mailgun.ts";
import { mailgunSignature } from "../../fakes/mailgun-webhooks.ts";
import { behaviourOf } from "../audience.ts";
import { type FarDeps, type FarEnd, post } from "./far-end.ts";
import { httpEnd } from "./http-end.ts";

const kinds = {
  accepted: "accepted",
  delivered: "delivered",
  bounced: "failed",
  complained: "complained",
} as const;
const asJson = { "content-type": "application/json", "user-agent": "mailgun/treq-15.1.0" };

export async function mailgunEnd(deps: FarDeps, addresses: readonly string[]): Promise<FarEnd> {
  const fake = await startMailgun({ domain: "mg.shop.example" });
  for (const address of addresses) if (behaviourOf(address) === "refuse") fake.state.refused.add(address);
  return httpEnd(deps, {
    name: "mailgun",
    law: { idempotent: false, evidence: true },
    perCall: 1_000,
    words: {
      rateLimited: { body: { message: "Too Many Requests" }, headers: { "retry-after": "1" } },
      broken: { message: "Internal Server Error" },
    },
    baseUrl: fake.baseUrl,
    taken: fake.taken,
    read: (mail) => ({ to: mail.recipient, messageId: mail.messageId ?? "", atMs: mail.atMs }),
    connection: (base_url) => ({
      kind: "mailgun",
      settings: { base_url, domain: "mg.shop.example" },
      api_key: "key-full",
    }),
    register(webhookUrl) {
      fake.hooks.register(webhookUrl);
      return { webhook_secret: fake.hooks.signingKey };
    },
    event(mail, kind) {
      const [noted] = fake.hooks.note(kinds[kind], mail);
      return () => post(noted?.url ?? "", asJson, noted?.body ?? "");
    },
    forge({ to, messageId }, { webhook_url }) {
      const timestamp = String(Math.floor(Date.now() / 1_000));
      const signature = {
        timestamp,
        token: "forged",
        signature: mailgunSignature("guessed", timestamp, "forged"),
      };
      const data = {
        id: "forged",
        event: "failed",
        severity: "permanent",
        timestamp: Number(timestamp),
        recipient: to,
      };
      const event = { ...data, "user-variables": { mid: messageId } };
      return post(webhook_url, asJson, JSON.stringify({ signature, "event-data": event }));
    },
    stop: fake.stop,
  });
}
