/** How Mailgun is connected, reports and is forged, as its fake plays it. */
import { startMailgun } from "#test/fakes/mailgun";
import { mailgunSignature } from "#test/fakes/mailgun-webhooks";
import { bodyOf, found, hoursAgo, oneByte, type Post, poison, type Vendor, withBody } from "./vendor.ts";

export async function mailgun(): Promise<Vendor> {
  const fake = await startMailgun();
  fake.state.refused.add(poison);
  const mail = (to: string) => found(fake.taken, (one) => one.recipient === to);
  const full = { code: 452, "enhanced-code": "4.2.2", message: "mailbox full" };
  const signed = (post: Post, key: string, timestamp: string) => {
    const given = JSON.parse(bodyOf(post)) as { signature: { token: string } };
    const { token } = given.signature;
    const signature = { timestamp, token, signature: mailgunSignature(key, timestamp, token) };
    return withBody(post, JSON.stringify({ ...given, signature }));
  };
  return {
    kind: "mailgun",
    connection: {
      api_key: "key-full",
      webhook_secret: fake.hooks.signingKey,
      settings: { base_url: fake.baseUrl, domain: fake.domain },
    },
    poison,
    taken: () => fake.taken.map(({ recipient, messageId, html }) => ({ to: recipient, messageId, html })),
    async listen(hook) {
      fake.hooks.register(hook);
      return {};
    },
    tells: {
      delivered: (to) => fake.hooks.note("delivered", mail(to)),
      hard: (to) => fake.hooks.note("failed", mail(to)),
      soft: (to) => fake.hooks.note("failed", mail(to), { reason: "generic", "delivery-status": full }),
      complained: (to) => fake.hooks.note("complained", mail(to)),
      unsubscribed: (to) => fake.hooks.note("unsubscribed", mail(to)),
      opened: (to) => fake.hooks.note("opened", mail(to)),
      clicked: (to) => fake.hooks.note("clicked", mail(to)),
    },
    deliver: () => fake.hooks.deliver(),
    forged: (post) => [
      { how: "another key", post: signed(post, "key-stranger", String(hoursAgo(0))) },
      { how: "of the day before", post: signed(post, fake.hooks.signingKey, String(hoursAgo(13))) },
    ],
    // The signature covers a moment and a token; the token is spent by the event it came with.
    forgedLater: (post) => [oneByte(post)],
    stop: fake.stop,
  };
}
