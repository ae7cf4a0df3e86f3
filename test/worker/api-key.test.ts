/** API keys: their shape, their checksum, and what is kept of them. */
import { createHash, randomFillSync } from "node:crypto";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { apiKeyHash, newApiKey } from "#worker/auth/api-key";

const random = (bytes: Uint8Array) => void randomFillSync(bytes);

describe("an API key", () => {
  test("is lp_live_ and 46 characters, shown again only by its first four", async () => {
    const { key, hint } = await newApiKey(random);
    expect(key).toMatch(/^lp_live_[0-9A-Za-z]{46}$/);
    expect(hint).toBe(`${key.slice(0, 12)}…`);
  });

  test("is kept as its SHA-256", async () => {
    const { key, hash } = await newApiKey(random);
    expect(Buffer.from(hash).toString("hex")).toBe(createHash("sha256").update(key).digest("hex"));
    expect(await apiKeyHash(key)).toEqual(hash);
  });

  test("ends in the CRC-32 of the rest, in base 62", async () => {
    const { key } = await newApiKey(random);
    const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let value = 0;
    for (const c of key.slice(-6)) value = value * 62 + alphabet.indexOf(c);
    expect(value).toBe(crc32(key.slice(0, -6)));
  });

  test("draws every character alike: bytes that would favour the first letters are thrown away", async () => {
    // 248 to 255 alone would give 0 to 7; a source that hands out those first must not be read as digits.
    let calls = 0;
    const { key } = await newApiKey((bytes) => void bytes.fill(calls++ === 0 ? 255 : 61));
    expect(key.slice(8, 48)).toBe("z".repeat(40));
  });

  test("with one character mistyped is refused without a look-up", async () => {
    const { key } = await newApiKey(random);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 8, max: key.length - 1 }),
        fc.constantFrom(..."0aZ9k"),
        async (at, c) => {
          fc.pre(key[at] !== c);
          expect(await apiKeyHash(key.slice(0, at) + c + key.slice(at + 1))).toBeUndefined();
        },
      ),
    );
  });

  test.each(["", "lp_live_", "lp_test_x", "Bearer", "lp_live_' or 1=1 -- aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"])(
    "is not %j",
    async (text) => {
      expect(await apiKeyHash(text)).toBeUndefined();
    },
  );
});
