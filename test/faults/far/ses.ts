/** Amazon SES: no keys; a call for every mail; reports through a topic of SNS, whose certificate is fetched from Amazon. */
import { createSign } from "node:crypto";
import { playAmazon } from "#test/support/internet";
import { startSes } from "../../fakes/ses.ts";
import { canonical } from "../../fakes/sns.ts";
import { makeCertificate } from "../../fakes/sns-certificate.ts";
import { behaviourOf } from "../audience.ts";
import { type FarDeps, type FarEnd, post } from "./far-end.ts";
import { httpEnd } from "./http-end.ts";

const kinds = {
  accepted: "Send",
  delivered: "Delivery",
  bounced: "Bounce",
  complained: "Complaint",
} as const;
const headersFor = (type: string, messageId: string, topic: string) => ({
  "content-type": "text/plain; charset=UTF-8",
  "user-agent": "Amazon Simple Notification Service Agent",
  "x-amz-sns-message-type": type,
  "x-amz-sns-message-id": messageId,
  "x-amz-sns-topic-arn": topic,
});

/** `amazonUrl`: where what the product asks of Amazon's own hosts comes out (test/support/internet.ts). */
export async function sesEnd(
  deps: FarDeps,
  addresses: readonly string[],
  amazonUrl: string,
): Promise<FarEnd> {
  const fake = await startSes();
  const { topic } = fake;
  const amazon = await playAmazon(amazonUrl, topic.fetch);
  for (const address of addresses) if (behaviourOf(address) === "refuse") fake.account.refused.add(address);
  return httpEnd(deps, {
    name: "ses",
    law: { idempotent: false, evidence: true },
    perCall: 50,
    calls: addresses.length,
    words: {
      rateLimited: {
        body: { message: "Maximum sending rate exceeded." },
        headers: { "x-amzn-errortype": "TooManyRequestsException:" },
      },
      broken: { message: "The request has failed due to a temporary failure of the server." },
    },
    baseUrl: fake.baseUrl,
    taken: fake.taken,
    read: ({ to, messageId = "", atMs }) => ({ to, messageId, atMs }),
    connection: (base_url) => ({
      kind: "ses",
      settings: { region: fake.region, base_url, configuration_set: "larkpost", topic_arn: topic.arn },
      access_key_id: "AKIATESTKEY",
      secret_access_key: "test/secret+key",
    }),
    async register(webhookUrl) {
      fake.hooks.register(webhookUrl);
      await fake.hooks.deliver();
      if (!topic.subscriptions.every(({ isConfirmed }) => isConfirmed))
        throw new Error("the subscription to the topic was not confirmed");
      return undefined;
    },
    event(mail, kind) {
      const [noted] = fake.hooks.note(kinds[kind], mail);
      const { url, body, messageId } = noted ?? { url: "", body: "", messageId: "" };
      return () => post(url, headersFor("Notification", messageId, topic.arn), body);
    },
    forge({ to, messageId }, { webhook_url }) {
      const mail = { messageId: "forged", destination: [to], tags: { mid: [messageId] } };
      const bounce = { bounceType: "Permanent", bounceSubType: "General", feedbackId: "forged" };
      const fields = {
        Type: "Notification",
        MessageId: "00000000-0000-0000-0000-000000000000",
        TopicArn: topic.arn,
        Timestamp: new Date().toISOString(),
        Message: JSON.stringify({ eventType: "Bounce", mail, bounce: { ...bounce, bouncedRecipients: [] } }),
      };
      // Signed by somebody, and said to be signed by Amazon.
      const { privateKey } = makeCertificate("sns.amazonaws.com");
      const Signature = createSign("sha256").update(canonical(fields)).sign(privateKey, "base64");
      const named = { ...fields, Signature, SignatureVersion: "2", SigningCertURL: topic.certificateUrl };
      return post(
        webhook_url,
        headersFor("Notification", fields.MessageId, topic.arn),
        JSON.stringify(named),
      );
    },
    async stop() {
      await amazon.stop();
      await fake.stop();
    },
  });
}
