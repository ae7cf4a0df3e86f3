/** Standard Webhooks signatures, held against the reference library and a vector computed elsewhere. */
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { newWebhookSecret, signWebhook, verifyWebhook } from "#queues/providers/standard-webhooks";

const secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3";
const vector = {
  id: "msg_2abc",
  timestamp: "1790000000",
  signature: "v1,6xh1NoOnG3sxC4i41kRN4RTdJnifmGa1YxThjNbc6aQ=",
};
const body = '{"id":1001,"email":"ann@shop.test"}';
const nowMs = 1_790_000_000_000;

test("a known signature is made and recognised", async () => {
  expect(await signWebhook(secret, vector.id, 1_790_000_000, body)).toBe(vector.signature);
  expect(await verifyWebhook(secret, vector, body, nowMs)).toBe(true);
});

describe("refused", () => {
  test.each([
    ["another body", { ...vector }, `${body} `, nowMs, secret],
    ["another id", { ...vector, id: "msg_2abd" }, body, nowMs, secret],
    ["another moment", { ...vector, timestamp: "1790000001" }, body, nowMs, secret],
    ["another secret", vector, body, nowMs, "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY4"],
    ["a replay after more than five minutes", vector, body, nowMs + 301_000, secret],
    ["a signature from the future", vector, body, nowMs - 301_000, secret],
    ["no signature", { id: vector.id, timestamp: vector.timestamp }, body, nowMs, secret],
    ["no id", { timestamp: vector.timestamp, signature: vector.signature }, body, nowMs, secret],
    ["no moment", { id: vector.id, signature: vector.signature }, body, nowMs, secret],
    ["a moment that is no number", { ...vector, timestamp: "NaN" }, body, nowMs, secret],
    [
      "another version",
      { ...vector, signature: vector.signature.replace("v1,", "v2,") },
      body,
      nowMs,
      secret,
    ],
    ["half a signature", { ...vector, signature: "v1,6xh1NoOnG3sxC4i41kRN4Q==" }, body, nowMs, secret],
    ["no base64", { ...vector, signature: "v1,%%%" }, body, nowMs, secret],
    ["an empty secret", vector, body, nowMs, ""],
    ["a secret that is no base64", vector, body, nowMs, "whsec_%%%"],
  ])("%s", async (_name, signed, raw, atMs, key) => {
    expect(await verifyWebhook(key, signed, raw, atMs)).toBe(false);
  });
});

test("any of several signatures may match while a secret is rotated", async () => {
  const signature = `v1,${"A".repeat(43)}= v1a,xx ${vector.signature}`;
  expect(await verifyWebhook(secret, { ...vector, signature }, body, nowMs)).toBe(true);
});

test("five minutes of difference between clocks are borne", async () => {
  expect(await verifyWebhook(secret, vector, body, nowMs + 299_000)).toBe(true);
  expect(await verifyWebhook(secret, vector, body, nowMs - 299_000)).toBe(true);
});

test("what we sign the reference library verifies, and the other way round", async () => {
  const texts = fc.string({ unit: "grapheme", maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(texts, fc.uuid(), async (text, id) => {
      const fresh = newWebhookSecret((bytes) => void crypto.getRandomValues(bytes));
      const seconds = Math.floor(Date.now() / 1_000);
      const raw = JSON.stringify({ text });
      const library = new Webhook(fresh);
      const ours = await signWebhook(fresh, id, seconds, raw);
      const headers = { "webhook-id": id, "webhook-timestamp": String(seconds), "webhook-signature": ours };
      expect(library.verify(raw, headers)).toEqual({ text });
      const theirs = library.sign(id, new Date(seconds * 1_000), raw);
      const signed = { id, timestamp: String(seconds), signature: theirs };
      expect(await verifyWebhook(fresh, signed, raw, Date.now())).toBe(true);
    }),
    { numRuns: 50 },
  );
});
