/** What a receiver of Amazon SNS must believe and what it must not: one suite, run in Node and in workerd. */
import { describe, expect, test } from "vitest";
import type { Connection } from "#queues/providers/connection";
import { sesAdapter } from "#queues/providers/ses/adapter";

export type SnsVector = {
  readonly name: string;
  readonly arn: string;
  readonly certificateUrl: string;
  readonly pem: string;
  /** Notification and confirmation as they were posted, with their moment. */
  readonly notification: string;
  readonly confirmation: string;
  readonly atMs: number;
};

export function snsReportContract(vectors: readonly SnsVector[]): void {
  describe.each(vectors)("SNS messages, $name", (vector) => {
    const asked: string[] = [];
    const fetched = (async (url: string) => {
      asked.push(url);
      return url === vector.certificateUrl ? new Response(vector.pem) : new Response("<ok/>");
    }) as typeof fetch;
    const believes = (
      rawBody: string,
      over: { topicArn?: string; nowMs?: number; fetch?: typeof fetch } = {},
    ) =>
      sesAdapter.verifyReport(
        { method: "POST", url: "https://x.example/hooks", headers: {}, rawBody },
        { settings: { topic_arn: over.topicArn ?? vector.arn }, secrets: {} } as unknown as Connection,
        { now: () => over.nowMs ?? vector.atMs, fetch: over.fetch ?? fetched },
      );
    const altered = (raw: string, over: object) => JSON.stringify({ ...JSON.parse(raw), ...over });

    test("a certificate that cannot be fetched now is asked for again later", async () => {
      const broken = (async () => new Response("busy", { status: 503 })) as typeof fetch;
      expect(await believes(vector.notification, { fetch: broken })).toBe(false);
      const down = (async () => {
        throw new Error("no network");
      }) as typeof fetch;
      expect(await believes(vector.notification, { fetch: down })).toBe(false);
      expect(await believes(vector.notification)).toBe(true);
    });

    test("genuine ones are believed, and the certificate is fetched once", async () => {
      expect(await believes(vector.notification)).toBe(true);
      expect(await believes(vector.confirmation)).toBe(true);
      // Another spelling of the same JSON is the same message: values are signed, not bytes.
      expect(await believes(JSON.stringify(JSON.parse(vector.notification)))).toBe(true);
      expect(asked).toEqual([vector.certificateUrl]);
    });

    test.each(["Message", "MessageId", "Timestamp", "Type", "Subject", "Signature", "TopicArn"])(
      "an altered %s is not",
      async (field) => {
        const over = { [field]: field === "Type" ? "UnsubscribeConfirmation" : "AAAA" };
        expect(await believes(altered(vector.notification, over))).toBe(false);
        const { [field]: _gone, ...rest } = JSON.parse(vector.notification);
        expect(await believes(JSON.stringify(rest))).toBe(false);
      },
    );
    test.each(["SubscribeURL", "Token"])("a confirmation with an altered %s is not", async (field) => {
      expect(await believes(altered(vector.confirmation, { [field]: "https://evil.example/" }))).toBe(false);
    });
    test("nor is a topic that is not ours, nor any without a topic of ours", async () => {
      expect(await believes(vector.notification, { topicArn: `${vector.arn}2` })).toBe(false);
      expect(await believes(vector.notification, { topicArn: "" })).toBe(false);
    });
    test("nor the other version of signature over the same text", async () => {
      const other = JSON.parse(vector.notification).SignatureVersion === "1" ? "2" : "1";
      expect(await believes(altered(vector.notification, { SignatureVersion: other }))).toBe(false);
      expect(await believes(altered(vector.notification, { SignatureVersion: "3" }))).toBe(false);
    });
    test("a certificate from elsewhere is not even looked at", async () => {
      const before = asked.length;
      const name = vector.certificateUrl.split("/").at(-1);
      for (const url of [
        `https://evil.example/${name}`,
        `http://sns.eu-west-1.amazonaws.com/${name}`,
        `https://sns.eu-west-1.amazonaws.com.evil.example/${name}`,
        `https://evil.example/?https://sns.eu-west-1.amazonaws.com/${name}`,
        `https://sns.evil/.amazonaws.com/${name}`,
        `https://user@sns.eu-west-1.amazonaws.com/${name}`,
        `${vector.certificateUrl}?x`,
        `https://bucket.s3.amazonaws.com/${name}`,
        // Buckets that somebody named "sns".
        `https://sns.s3-us-west-2.amazonaws.com/${name}`,
        `https://sns.s3-accelerate.amazonaws.com/${name}`,
        `https://sns.cloud.amazonaws.com/${name}`,
      ])
        expect(await believes(altered(vector.notification, { SigningCertURL: url }))).toBe(false);
      expect(asked).toHaveLength(before);
    });
    test("repeats are believed for two hours, older ones and those from the future are not", async () => {
      const hourMs = 3_600_000;
      expect(await believes(vector.notification, { nowMs: vector.atMs + 1.9 * hourMs })).toBe(true);
      expect(await believes(vector.notification, { nowMs: vector.atMs + 2.1 * hourMs })).toBe(false);
      expect(await believes(vector.notification, { nowMs: vector.atMs - 6 * 60_000 })).toBe(false);
      expect(await believes(altered(vector.notification, { Timestamp: "never" }))).toBe(false);
    });
    test.each(["", "null", "[]", "{}", '{"Type":"Notification"}', "\u0000"])(
      "what is no message is not: %j",
      async (raw) => {
        expect(await believes(raw)).toBe(false);
      },
    );

    describe("at the door", () => {
      const handshake = (rawBody: string, status = 200) => {
        const visits: string[] = [];
        const visiting = (async (url: string) => {
          visits.push(url);
          return new Response("", { status });
        }) as typeof fetch;
        const request = { method: "POST", url: "https://x.example/hooks", headers: {}, rawBody };
        const deps = { now: () => vector.atMs, fetch: visiting };
        const done = sesAdapter.handshake?.(request, {} as Connection, deps);
        return Promise.resolve(done).then((isDone) => ({ isDone, visits }));
      };
      test("a subscription is confirmed by a visit to its address, and nothing is queued", async () => {
        const { SubscribeURL } = JSON.parse(vector.confirmation);
        expect(await handshake(vector.confirmation)).toEqual({ isDone: true, visits: [SubscribeURL] });
      });
      test("a confirmation that Amazon does not take is not taken by us either", async () => {
        await expect(handshake(vector.confirmation, 500)).rejects.toThrow("500");
      });
      test("an address elsewhere is not visited", async () => {
        for (const SubscribeURL of [
          "https://evil.example/?Action=ConfirmSubscription",
          "http://169.254.169.254/?",
          "https://sns.s3-us-west-2.amazonaws.com/?",
        ])
          expect(await handshake(altered(vector.confirmation, { SubscribeURL }))).toEqual({
            isDone: true,
            visits: [],
          });
      });
      test("a notification goes on, the end of a subscription does not", async () => {
        expect(await handshake(vector.notification)).toEqual({ isDone: false, visits: [] });
        const ended = altered(vector.confirmation, { Type: "UnsubscribeConfirmation" });
        expect(await handshake(ended)).toEqual({ isDone: true, visits: [] });
      });
    });
  });
}
