/** How SendGrid is connected, reports and is forged, as its fake plays it. */
import { startSendgrid } from "#test/fakes/sendgrid";
import { signatureHeaders } from "#test/fakes/sendgrid-webhooks";
import {
  bodyOf,
  found,
  hoursAgo,
  oneByte,
  type Post,
  poison,
  type Vendor,
  withBody,
  without,
} from "./vendor.ts";

export async function sendgrid(): Promise<Vendor> {
  const fake = await startSendgrid();
  fake.account.refused.add(poison);
  const mail = (to: string) => found(fake.taken, (one) => one.to === to);
  const soft = { type: "blocked", status: "4.2.1", bounce_classification: "Mailbox Unavailable" };
  let signer = fake.hooks.endpoints[0];
  const stranger = fake.hooks.register("http://127.0.0.1:9/hook").privateKey;
  fake.hooks.endpoints.length = 0;
  const signed = (post: Post, key: typeof stranger, seconds: number) =>
    withBody(post, bodyOf(post), signatureHeaders(key, seconds, bodyOf(post)));
  return {
    kind: "sendgrid",
    connection: { api_key: "SG.test.full", settings: { base_url: fake.baseUrl } },
    poison,
    taken: () => fake.taken,
    async listen(hook) {
      signer = fake.hooks.register(hook);
      return { webhook_secret: signer.publicKey };
    },
    tells: {
      delivered: (to) => fake.hooks.note("delivered", mail(to)),
      hard: (to) => fake.hooks.note("bounce", mail(to)),
      soft: (to) => fake.hooks.note("bounce", mail(to), soft),
      complained: (to) => fake.hooks.note("spamreport", mail(to)),
      unsubscribed: (to) => fake.hooks.note("unsubscribe", mail(to)),
      opened: (to) => fake.hooks.note("open", mail(to)),
      clicked: (to) => fake.hooks.note("click", mail(to)),
    },
    deliver: () => fake.hooks.deliver({ perPost: 7 }),
    forged: (post) => [
      oneByte(post),
      { how: "another key", post: signed(post, stranger, hoursAgo(0)) },
      ...(signer ? [{ how: "of the day before", post: signed(post, signer.privateKey, hoursAgo(26)) }] : []),
      { how: "no signature", post: without(post, "x-twilio-email-event-webhook-signature") },
    ],
    stop: fake.stop,
  };
}
