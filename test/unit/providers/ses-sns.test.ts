/** Amazon SNS in Node: genuine, forged and stale messages, and the key inside a certificate. */
import { X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { publicKeyIn } from "#queues/providers/ses/certificate";
import { type SnsVector, snsReportContract } from "../../contracts/sns-report.ts";
import { snsTopic } from "../../fakes/sns.ts";
import { makeCertificate, snsCertificate } from "../../fakes/sns-certificate.ts";

const atMs = Date.UTC(2026, 10, 22, 9);

async function vectorOf(signatureVersion: "1" | "2"): Promise<SnsVector> {
  const topic = snsTopic(() => atMs, "eu-west-1");
  topic.state.signatureVersion = signatureVersion;
  const confirmation = topic.subscribe("https://x.example/hooks").body;
  await topic.fetch(JSON.parse(confirmation).SubscribeURL);
  const notification = topic.note('{"eventType":"Send"}', "Grüße — 名前")[0]?.body ?? "";
  const { arn, certificateUrl, pem } = topic;
  return { name: `version ${signatureVersion}`, arn, certificateUrl, pem, notification, confirmation, atMs };
}

snsReportContract(await Promise.all([vectorOf("1"), vectorOf("2")]));

test("the key we find in a certificate is the one the platform finds", () => {
  for (const { pem } of [snsCertificate(), makeCertificate(`a rather long name, ${"x".repeat(200)}`)]) {
    const theirs = new X509Certificate(pem).publicKey.export({ type: "spki", format: "der" });
    expect(Buffer.from(publicKeyIn(pem) ?? []).equals(theirs)).toBe(true);
  }
});

test("what is no certificate holds no key, wherever it breaks off", () => {
  const { pem } = snsCertificate();
  const body = pem.replace(/-----[^-]+-----|\s/g, "");
  const der = Buffer.from(body, "base64");
  const wrapped = (bytes: Buffer) =>
    `-----BEGIN CERTIFICATE-----\n${bytes.toString("base64")}\n-----END CERTIFICATE-----`;
  expect(publicKeyIn(wrapped(der))).toBeDefined();
  for (const length of [0, 1, 4, 20, 200, der.length - 1])
    expect(publicKeyIn(wrapped(der.subarray(0, length)))).toBeUndefined();
  for (const text of ["", "no", pem.replace("BEGIN", "BEGUN"), wrapped(Buffer.from([0x30, 0x80, 0, 0]))])
    expect(publicKeyIn(text)).toBeUndefined();
});
