/** How Postmark is connected, reports and is forged, as its fake plays it. */
import { startPostmark } from "#test/fakes/postmark";
import { bodyOf, found, poison, type Vendor, withBody, without } from "./vendor.ts";

export async function postmark(): Promise<Vendor> {
  const fake = await startPostmark();
  fake.account.inactive.add(poison);
  const mail = (to: string) => found(fake.taken, (one) => one.recipient === to);
  const password = "hookpassword";
  const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
  return {
    kind: "postmark",
    connection: {
      api_key: "postmark-test-token",
      webhook_secret: password,
      settings: { base_url: fake.baseUrl },
    },
    poison,
    taken: () =>
      fake.taken.map(({ recipient, messageId, HtmlBody = "" }) => ({
        to: recipient,
        messageId,
        html: HtmlBody,
      })),
    async listen(hook) {
      const address = new URL(hook);
      Object.assign(address, { username: "larkpost", password });
      fake.hooks.register(address.href);
      return {};
    },
    tells: {
      delivered: (to) => fake.hooks.note("Delivery", mail(to)),
      hard: (to) => fake.hooks.note("Bounce", mail(to)),
      soft: (to) => fake.hooks.note("Bounce", mail(to), { Type: "SoftBounce" }),
      complained: (to) => fake.hooks.note("SpamComplaint", mail(to)),
      unsubscribed: (to) => fake.hooks.note("SubscriptionChange", mail(to)),
      opened: (to) => fake.hooks.note("Open", mail(to)),
      clicked: (to) => fake.hooks.note("Click", mail(to)),
    },
    deliver: () => fake.hooks.deliver(),
    // Postmark signs nothing: whoever knows the password is believed.
    forged: (post) => [
      {
        how: "another password",
        post: withBody(post, bodyOf(post), { authorization: basic("larkpost:guess") }),
      },
      { how: "no password", post: without(post, "authorization") },
    ],
    stop: fake.stop,
  };
}
