/** The signer makes what any HMAC-SHA256 makes. */
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { signerOf } from "#domain/tracking/signer";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

test("RFC 4231, test case 2", () => {
  const sign = signerOf(new TextEncoder().encode("Jefe"));
  const mac = sign(new TextEncoder().encode("what do ya want for nothing?"));
  expect(hex(mac)).toBe("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
});

test("for any key and any bytes, however often it was used before, it agrees with another implementation", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 1, maxLength: 4 }),
      (key, messages) => {
        const sign = signerOf(key);
        for (const bytes of messages)
          expect(hex(sign(bytes))).toBe(createHmac("sha256", key).update(bytes).digest("hex"));
      },
    ),
  );
});
