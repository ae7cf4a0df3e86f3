/** How Amazon SES is connected, reports through SNS and is forged, as its fake plays it. */
import { createSign } from "node:crypto";
import { startSes } from "#test/fakes/ses";
import { canonical, type SnsFields } from "#test/fakes/sns";
import { makeCertificate } from "#test/fakes/sns-certificate";
import { playAmazon } from "#test/support/internet";
import { bodyOf, found, hoursAgo, oneByte, type Post, poison, type Vendor, withBody } from "./vendor.ts";

/** `amazonUrl`: where the stack's questions to SNS come out. */
export async function ses(amazonUrl: string): Promise<Vendor> {
  const fake = await startSes();
  const amazon = await playAmazon(amazonUrl, fake.topic.fetch);
  fake.account.refused.add(poison);
  const mail = (to: string) => found(fake.taken, (one) => one.to === to);
  const settings = {
    region: fake.region,
    base_url: fake.baseUrl,
    configuration_set: "larkpost",
    topic_arn: fake.topic.arn,
  };
  const fieldsOf = (post: Post): SnsFields => {
    const { Type, MessageId, TopicArn, Timestamp, Message, Subject } = JSON.parse(bodyOf(post)) as SnsFields;
    return { Type, MessageId, TopicArn, Timestamp, Message, Subject } as SnsFields;
  };
  const signed = (post: Post, over: SnsFields) =>
    withBody(post, JSON.stringify(fake.topic.signed({ ...fieldsOf(post), ...over })));
  const byStranger = (post: Post) => {
    const { privateKey } = makeCertificate("sns.amazonaws.com");
    const Signature = createSign("sha256")
      .update(canonical(fieldsOf(post)))
      .sign(privateKey, "base64");
    return withBody(post, JSON.stringify({ ...JSON.parse(bodyOf(post)), Signature }));
  };
  return {
    kind: "ses",
    connection: { access_key_id: "AKIATESTKEY", secret_access_key: "test/secret+key", settings },
    poison,
    taken: () => fake.taken,
    async listen(hook) {
      fake.hooks.register(hook);
      await fake.hooks.deliver();
      if (!fake.topic.subscriptions.every(({ isConfirmed }) => isConfirmed))
        throw new Error("the subscription was not confirmed");
      return {};
    },
    tells: {
      delivered: (to) => fake.hooks.note("Delivery", mail(to)),
      hard: (to) => fake.hooks.note("Bounce", mail(to)),
      soft: (to) =>
        fake.hooks.note("Bounce", mail(to), { bounceType: "Transient", bounceSubType: "MailboxFull" }),
      complained: (to) => fake.hooks.note("Complaint", mail(to)),
      opened: (to) => fake.hooks.note("Open", mail(to)),
      clicked: (to) => fake.hooks.note("Click", mail(to)),
    },
    deliver: () => fake.hooks.deliver(),
    forged: (post) => [
      oneByte(post),
      { how: "another key", post: byStranger(post) },
      { how: "somebody else's topic", post: signed(post, { TopicArn: `${fake.topic.arn}-2` }) },
      {
        how: "of three hours ago",
        post: signed(post, { Timestamp: new Date(hoursAgo(3) * 1_000).toISOString() }),
      },
    ],
    stop: () => Promise.all([amazon.stop(), fake.stop()]).then(() => undefined),
  };
}
