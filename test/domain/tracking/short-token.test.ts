/** Links in text messages: short, ours alone, and each for its own purpose. */

import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { idFromBytes, idToBytes, type MessageId, type TenantId } from "#domain/ids";
import { deploymentKey } from "#domain/tenant/sealing";
import {
  provesShort,
  rangeOf,
  readShortToken,
  type ShortToken,
  shortPurposes,
  shortTokenLength,
  shortTokens,
} from "#domain/tracking/short-token";
import type { Signer } from "#domain/tracking/signer";

const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
const tenant = bytes.map((b) => idFromBytes("ten", b) as TenantId);
const message = bytes.map((b) => idFromBytes("msg", b) as MessageId);
const purpose = fc.constantFrom(...shortPurposes);
let key: Signer;
beforeAll(async () => {
  key = (await deploymentKey(btoa("k".repeat(32)))).sign;
});

const within = (id: Uint8Array, { first, last }: ReturnType<typeof rangeOf>) =>
  Buffer.compare(first, id) <= 0 && Buffer.compare(id, last) <= 0;

test("a token is 28 characters, leads to the range both ids lie in, and proves its purpose alone", async () => {
  await fc.assert(
    fc.asyncProperty(tenant, message, purpose, purpose, async (tenantId, messageId, signedFor, askedFor) => {
      const text = (await shortTokens(key, tenantId, messageId))[signedFor];
      expect(text).toMatch(/^[\w-]{28}$/);
      const token = readShortToken(askedFor, text) as ShortToken;
      expect(within(idToBytes(tenantId), rangeOf(token.tenant))).toBe(true);
      expect(within(idToBytes(messageId), rangeOf(token.message))).toBe(true);
      expect(await provesShort(key, askedFor, token, tenantId, messageId)).toBe(signedFor === askedFor);
    }),
  );
});

test("of two messages that begin alike, the proof tells which is meant", async () => {
  await fc.assert(
    fc.asyncProperty(tenant, message, fc.integer({ min: 8, max: 15 }), async (tenantId, messageId, at) => {
      const other = idToBytes(messageId).slice();
      other[at] = (other[at] as number) ^ 1;
      const twin = idFromBytes("msg", other) as MessageId;
      const token = readShortToken("track", (await shortTokens(key, tenantId, messageId)).track);
      if (!token) throw new Error("unreadable");
      expect(within(idToBytes(twin), rangeOf(token.message))).toBe(true);
      expect(await provesShort(key, "track", token, tenantId, twin)).toBe(false);
    }),
  );
});

test("only a link's position may follow, and only where links are followed", () => {
  const token = "x".repeat(shortTokenLength);
  expect(readShortToken("track", `${token}0`)?.position).toBe(0);
  expect(readShortToken("track", `${token}12`)?.position).toBe(12);
  expect(readShortToken("track", token)?.position).toBeNull();
  for (const rest of ["01", "-1", "1000", "a", " "])
    expect(readShortToken("track", token + rest)).toBeUndefined();
  expect(readShortToken("consent", `${token}0`)).toBeUndefined();
  expect(readShortToken("consent", token.slice(1))).toBeUndefined();
  expect(readShortToken("consent", `${token.slice(1)}!`)).toBeUndefined();
});
