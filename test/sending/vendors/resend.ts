/** How Resend is connected, reports and is forged, as its fake plays it. */
import { startResend } from "#test/fakes/resend";
import { newSecret, svixHeaders } from "#test/fakes/resend-webhooks";
import {
  bodyOf,
  found,
  headersOf,
  hoursAgo,
  oneByte,
  type Post,
  type Vendor,
  withBody,
  without,
} from "./vendor.ts";

export async function resend(): Promise<Vendor> {
  const fake = await startResend();
  const mail = (to: string) => found(fake.taken, (one) => one.to[0] === to);
  const bounce = (type: string, subType: string) => ({ bounce: { type, subType, message: "550 no" } });
  const click = { link: "https://shop.example/new", ipAddress: "198.18.0.9", userAgent: "Mozilla/5.0 (X11)" };
  const types = "delivered bounced complained opened clicked".split(" ").map((type) => `email.${type}`);
  let secret = "";
  const signed = (post: Post, key: string, seconds: number) =>
    withBody(post, bodyOf(post), svixHeaders([key], headersOf(post)["svix-id"] ?? "", seconds, bodyOf(post)));
  return {
    kind: "resend",
    connection: { api_key: "re_test_full", settings: { base_url: fake.baseUrl } },
    // Nobody has mail there, and Resend says so.
    poison: "refused@example.com",
    taken: () => fake.taken.map(({ to: [to = ""], tags, html = "" }) => ({ to, messageId: tags.mid, html })),
    async listen(hook) {
      secret = fake.hooks.register(hook, types).secrets[0] ?? "";
      return { webhook_secret: secret };
    },
    tells: {
      delivered: (to) => fake.hooks.note("email.delivered", mail(to)),
      hard: (to) => fake.hooks.note("email.bounced", mail(to), bounce("Permanent", "General")),
      soft: (to) => fake.hooks.note("email.bounced", mail(to), bounce("Transient", "MailboxFull")),
      complained: (to) => fake.hooks.note("email.complained", mail(to)),
      opened: (to) => fake.hooks.note("email.opened", mail(to)),
      clicked: (to) => fake.hooks.note("email.clicked", mail(to), { click }),
    },
    deliver: () => fake.hooks.deliver(),
    forged: (post) => [
      oneByte(post),
      { how: "another secret", post: signed(post, newSecret(), hoursAgo(0)) },
      { how: "of an hour ago", post: signed(post, secret, hoursAgo(1)) },
      { how: "no signature", post: without(post, "svix-signature") },
    ],
    stop: fake.stop,
  };
}
