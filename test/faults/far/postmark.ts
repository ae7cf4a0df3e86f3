/** Postmark: no keys; a code of its own for every mail of a call, and one event a post, known by a password. */
import { startPostmark } from "../../fakes/postmark.ts";
import { behaviourOf } from "../audience.ts";
import { type FarDeps, type FarEnd, post } from "./far-end.ts";
import { httpEnd } from "./http-end.ts";

const kinds = {
  accepted: "Delivery",
  delivered: "Delivery",
  bounced: "Bounce",
  complained: "SpamComplaint",
} as const;
const password = "fault-run-password";
const basic = (user: string, word: string) => ({
  "content-type": "application/json",
  authorization: `Basic ${Buffer.from(`${user}:${word}`).toString("base64")}`,
});

export async function postmarkEnd(deps: FarDeps, addresses: readonly string[]): Promise<FarEnd> {
  const fake = await startPostmark();
  for (const address of addresses) if (behaviourOf(address) === "refuse") fake.account.inactive.add(address);
  let user = "";
  return httpEnd(deps, {
    name: "postmark",
    law: { idempotent: false, evidence: true },
    perCall: 500,
    words: {
      rateLimited: { body: { ErrorCode: 429, Message: "Rate limit exceeded." } },
      broken: { ErrorCode: 0, Message: "Internal Server Error" },
    },
    baseUrl: fake.baseUrl,
    taken: fake.taken,
    read: (mail) => ({ to: mail.recipient, messageId: mail.messageId ?? "", atMs: mail.atMs }),
    connection: (base_url) => ({ kind: "postmark", settings: { base_url }, api_key: "postmark-test-token" }),
    register(webhookUrl) {
      // The address as it is to be given to Postmark: with the user, and a place for the password.
      const url = new URL(webhookUrl);
      user = url.username;
      fake.hooks.register(`${url.origin}${url.pathname}`);
      return { webhook_secret: password };
    },
    event(mail, kind) {
      const [noted] = fake.hooks.note(kinds[kind], mail);
      return () => post(noted?.url ?? "", basic(user, password), noted?.body ?? "");
    },
    forge({ to, messageId }, { webhook_url }) {
      const { origin, pathname, username } = new URL(webhook_url);
      const bounce = {
        RecordType: "Bounce",
        Type: "HardBounce",
        TypeCode: 1,
        ID: 1,
        Email: to,
        MessageID: "forged",
      };
      const body = JSON.stringify({
        ...bounce,
        BouncedAt: new Date().toISOString(),
        Metadata: { mid: messageId },
      });
      return post(`${origin}${pathname}`, basic(username, "guessed"), body);
    },
    stop: fake.stop,
  });
}
