/** X-Twilio-Signature: the vendor's own code and ours say the same of every request. */
import fc from "fast-check";
import twilio from "twilio";
import { getExpectedBodyHash, getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import { describe, expect, test } from "vitest";
import { isTwilioSignature } from "#queues/providers/twilio/signature";

const token = "test_auth_token";
const signed = (url: string, rawBody: string, signature: string) => ({
  method: "POST",
  url,
  headers: { "x-twilio-signature": signature },
  rawBody,
});

const url = "https://hooks.acme.test/twilio/status?t=abc";
const fields = {
  AccountSid: "AC00000000000000000000000000000001",
  ApiVersion: "2010-04-01",
  From: "+15005550006",
  MessageSid: "SM00000000000000000000000000000001",
  MessageStatus: "delivered",
  To: "+353871234567",
};
const rawBody = new URLSearchParams(fields).toString();
const vector = "DSi4OrqR4YvR+svZYWpy2fi1HSs=";

describe("a signature by Twilio", () => {
  test("is known by the vector that was worked out with its own library", async () => {
    expect(twilio.validateRequest(token, vector, url, fields)).toBe(true);
    expect(await isTwilioSignature(signed(url, rawBody, vector), token)).toBe(true);
  });

  test.each([
    ["another token", { token: "other" }],
    ["no token", { token: "" }],
    ["no signature", { signature: "" }],
    ["another address", { url: `${url}x` }],
    ["another field", { body: rawBody.replace("delivered", "failed") }],
    ["one more field", { body: `${rawBody}&Extra=1` }],
    ["no address at all", { url: "nowhere" }],
  ] as const)("is refused with %s", async (_what, change) => {
    const changed = { token, signature: vector, url, body: rawBody, ...change };
    expect(await isTwilioSignature(signed(changed.url, changed.body, changed.signature), changed.token)).toBe(
      false,
    );
  });

  test.each(["https://hooks.acme.test:443/x?a=1", "https://hooks.acme.test/x?a=1"])(
    "counts with and without the standard port: %s",
    async (signedUrl) => {
      const signature = getExpectedTwilioSignature(token, signedUrl, fields);
      expect(
        await isTwilioSignature(signed("https://hooks.acme.test/x?a=1", rawBody, signature), token),
      ).toBe(true);
    },
  );

  test("of a JSON body covers the address, and the address names the body's hash", async () => {
    const body = JSON.stringify({ a: 1 });
    const address = `https://hooks.acme.test/x?bodySHA256=${getExpectedBodyHash(body)}`;
    const signature = getExpectedTwilioSignature(token, address, {});
    expect(twilio.validateRequestWithBody(token, signature, address, body)).toBe(true);
    expect(await isTwilioSignature(signed(address, body, signature), token)).toBe(true);
    expect(await isTwilioSignature(signed(address, `${body} `, signature), token)).toBe(false);
  });

  test("is judged as Twilio's library judges it, whatever the fields", async () => {
    const name = fc.string({ unit: fc.constantFrom(..."ABab_1 é"), minLength: 1, maxLength: 6 });
    const value = fc.string({ unit: "grapheme", maxLength: 12 });
    const forms = fc.array(fc.tuple(name, value), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(forms, fc.boolean(), async (entries, isTampered) => {
        const params: Record<string, string | string[]> = {};
        // As an Express body parser hands it to the library: a repeated field is a list.
        for (const [key, one] of new URLSearchParams(entries.map(([k, v]) => [k, v]))) {
          const known = params[key];
          params[key] = known === undefined ? one : [...(Array.isArray(known) ? known : [known]), one];
        }
        const signature = getExpectedTwilioSignature(token, url, params);
        const body = new URLSearchParams(entries.map(([k, v]) => [k, v])).toString();
        const sent = isTampered ? `${body}&tampered=1` : body;
        expect(await isTwilioSignature(signed(url, sent, signature), token)).toBe(!isTampered);
        if (!isTampered) expect(twilio.validateRequest(token, signature, url, params)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
