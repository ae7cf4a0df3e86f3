// Links tell who they are about to us alone, and nobody else can write one.
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { idFromBytes, type MessageId, type TenantId } from "#domain/ids";
import { deploymentKey } from "#domain/tenant/sealing";
import type { Signer } from "#domain/tracking/signer";
import { messageTokens, purposes, signToken, tokenLength, verifyToken } from "#domain/tracking/token";
import { recipientUrls } from "#domain/tracking/urls";

const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
const tenant = bytes.map((b) => idFromBytes("ten", b) as TenantId);
const message = bytes.map((b) => idFromBytes("msg", b) as MessageId);
const purpose = fc.constantFrom(...purposes);
let key: Signer;
let otherKey: Signer;
beforeAll(async () => {
  key = (await deploymentKey(btoa("k".repeat(32)))).sign;
  otherKey = (await deploymentKey(btoa("o".repeat(32)))).sign;
});

test("what was signed verifies, for its purpose alone", async () => {
  await fc.assert(
    fc.asyncProperty(tenant, message, purpose, purpose, async (tenantId, messageId, signedFor, askedFor) => {
      const token = await signToken(key, signedFor, tenantId, messageId);
      const verified = await verifyToken(key, askedFor, token);
      expect(verified).toEqual(signedFor === askedFor ? { tenantId, messageId, position: null } : undefined);
    }),
  );
});

test("a change anywhere, another key or other text is refused", async () => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  await fc.assert(
    fc.asyncProperty(
      tenant,
      message,
      purpose,
      fc.nat(tokenLength - 1),
      fc.constantFrom(...alphabet),
      async (tenantId, messageId, p, at, char) => {
        const token = await signToken(key, p, tenantId, messageId);
        const forged = token.slice(0, at) + char + token.slice(at + 1);
        expect((await verifyToken(key, p, forged)) !== undefined).toBe(forged === token);
        expect(await verifyToken(otherKey, p, token)).toBeUndefined();
      },
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary", maxLength: 80 }), purpose, async (text, p) => {
      expect(await verifyToken(key, p, text)).toBeUndefined();
    }),
  );
});

describe("positions", () => {
  const tenantId = idFromBytes("ten", new Uint8Array(16));
  const messageId = idFromBytes("msg", new Uint8Array(16).fill(1));

  test("follow click tokens only, as plain numbers", async () => {
    const tokens = await messageTokens(key, tenantId, messageId);
    expect(await verifyToken(key, "track", `${tokens.track}0`)).toMatchObject({ position: 0 });
    expect(await verifyToken(key, "track", `${tokens.track}417`)).toMatchObject({ position: 417 });
    for (const wrong of ["-1", "01", "1.5", " 1", "1 ", "x", "9999999", "0x1"]) {
      expect(await verifyToken(key, "track", tokens.track + wrong)).toBeUndefined();
    }
    expect(await verifyToken(key, "consent", `${tokens.consent}1`)).toBeUndefined();
    expect(await verifyToken(key, "view", `${tokens.view}1`)).toBeUndefined();
  });

  test("end the click address; no address holds anything but tokens", async () => {
    const urls = recipientUrls(
      "https://mail.example",
      tenantId,
      await messageTokens(key, tenantId, messageId),
    );
    expect(`${urls.click}3`).toMatch(/^https:\/\/mail\.example\/t\/c\/-\/[\w-]{56}3$/);
    for (const url of [urls.open, urls.unsubscribe, urls.preferences, urls.view]) {
      expect(url).toMatch(/^https:\/\/mail\.example\/t\/[oupv]\/[\w-]{56}$/);
    }
    expect(urls.listId).toMatch(/^ten-[0-9a-z]{26}\.mail\.example$/);
  });
});
