/** A topic of Amazon SNS: messages signed by a certificate of its own, subscriptions that want to be confirmed. */
import { createSign, randomBytes, randomUUID } from "node:crypto";
import { snsCertificate } from "./sns-certificate.ts";

export type SnsNote = {
  readonly type: "Notification" | "SubscriptionConfirmation" | "UnsubscribeConfirmation";
  readonly url: string;
  readonly body: string;
  readonly messageId: string;
  attempts: number;
  status: number | undefined;
};
export type SnsFields = Readonly<Record<string, string>>;

const algorithms = { "1": "sha1", "2": "sha256" } as const;

/** Fields in the order of their names, as Amazon signs them. */
export function canonical(fields: SnsFields): string {
  const names =
    fields.Type === "Notification"
      ? ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
      : ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
  return names.flatMap((name) => (fields[name] === undefined ? [] : [`${name}\n${fields[name]}\n`])).join("");
}

export function snsTopic(now: () => number, region: string) {
  const arn = `arn:aws:sns:${region}:123456789012:larkpost-${randomBytes(4).toString("hex")}`;
  const host = `https://sns.${region}.amazonaws.com`;
  // A new name for every topic: whoever keeps certificates by their address keeps each but once.
  const certificateUrl = `${host}/SimpleNotificationService-${randomBytes(16).toString("hex")}.pem`;
  const { pem, privateKey } = snsCertificate();
  const subscriptions: { readonly url: string; readonly token: string; isConfirmed: boolean }[] = [];
  const reports: SnsNote[] = [];
  const state = { signatureVersion: "2" as "1" | "2", confirmationStatus: 200, fetched: [] as string[] };

  function signed(fields: SnsFields): SnsFields {
    const Signature = createSign(algorithms[state.signatureVersion])
      .update(canonical(fields))
      .sign(privateKey, "base64");
    const extra: SnsFields =
      fields.Type === "Notification"
        ? { UnsubscribeURL: `${host}/?Action=Unsubscribe&SubscriptionArn=${arn}:${randomUUID()}` }
        : {};
    return {
      ...fields,
      SignatureVersion: state.signatureVersion,
      Signature,
      SigningCertURL: certificateUrl,
      ...extra,
    };
  }

  function note(type: SnsNote["type"], url: string, fields: SnsFields): SnsNote {
    const MessageId = randomUUID();
    const Timestamp = new Date(now()).toISOString();
    const body = JSON.stringify(
      signed({ Type: type, MessageId, TopicArn: arn, Timestamp, ...fields }),
      null,
      2,
    );
    const noted: SnsNote = { type, url, body, messageId: MessageId, attempts: 0, status: undefined };
    reports.push(noted);
    return noted;
  }

  async function post(report: SnsNote): Promise<void> {
    report.attempts++;
    const headers = {
      "content-type": "text/plain; charset=UTF-8",
      "user-agent": "Amazon Simple Notification Service Agent",
      "x-amz-sns-message-type": report.type,
      "x-amz-sns-message-id": report.messageId,
      "x-amz-sns-topic-arn": arn,
    };
    const answer = await fetch(report.url, { method: "POST", headers, body: report.body }).catch(
      () => undefined,
    );
    await answer?.body?.cancel();
    report.status = answer?.status;
  }

  return {
    arn,
    pem,
    certificateUrl,
    reports,
    subscriptions,
    state,
    signed,
    /** Asks the address whether it wants the messages; until it has confirmed, it gets no other. */
    subscribe(url: string): SnsNote {
      const token = randomBytes(32).toString("hex");
      subscriptions.push({ url, token, isConfirmed: false });
      const SubscribeURL = `${host}/?Action=ConfirmSubscription&TopicArn=${arn}&Token=${token}`;
      const Message = `You have chosen to subscribe to the topic ${arn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`;
      return note("SubscriptionConfirmation", url, { Message, Token: token, SubscribeURL });
    },
    /** A message for everyone who has confirmed. */
    note: (message: string, subject?: string): SnsNote[] =>
      subscriptions
        .filter(({ isConfirmed }) => isConfirmed)
        .map(({ url }) =>
          note("Notification", url, {
            Message: message,
            ...(subject === undefined ? {} : { Subject: subject }),
          }),
        ),
    /** Posts what was noted and not yet taken: in any order, some of it `times` over. */
    async deliver(options: { order?: "noted" | "reversed"; times?: number } = {}): Promise<void> {
      const waiting = reports.filter((r) => r.status === undefined || r.status >= 300);
      if (options.order === "reversed") waiting.reverse();
      for (const report of waiting) for (let i = 0; i < (options.times ?? 1); i++) await post(report);
    },
    /** What Amazon's own addresses answer: the certificate, and the confirmation of a subscription. */
    fetch: (async (input: string | URL | globalThis.Request) => {
      const url = new URL(input instanceof globalThis.Request ? input.url : input);
      state.fetched.push(String(url));
      if (String(url) === certificateUrl) return new Response(pem);
      const token = url.origin === host ? url.searchParams.get("Token") : null;
      const subscription = subscriptions.find((one) => one.token === token);
      if (!subscription || url.searchParams.get("TopicArn") !== arn)
        return new Response("no", { status: 404 });
      if (state.confirmationStatus === 200) subscription.isConfirmed = true;
      return new Response("<ConfirmSubscriptionResponse/>", { status: state.confirmationStatus });
    }) as typeof fetch,
  };
}
