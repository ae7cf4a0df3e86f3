/** Passwords: what is stored, what is accepted, and what a stranger learns. */
import { randomFillSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { hashPassword, verifyPassword } from "#worker/auth/password";

const random = (bytes: Uint8Array) => void randomFillSync(bytes);

describe("a password", () => {
  test("is stored as scrypt in PHC form with a cost of 2^15, and never as itself", async () => {
    const stored = await hashPassword("correct horse", random);
    expect(stored).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(stored).not.toContain("correct");
  });

  test("is recognised, and no other is", async () => {
    const stored = await hashPassword("correct horse", random);
    expect(await verifyPassword("correct horse", stored)).toBe(true);
    expect(await verifyPassword("correct hors", stored)).toBe(false);
    expect(await verifyPassword("", stored)).toBe(false);
  });

  test("looks different at rest for two people who chose the same", async () => {
    const [one, two] = await Promise.all([hashPassword("same", random), hashPassword("same", random)]);
    expect(one).not.toBe(two);
  });

  test("is the same however the keyboard composed its accents", async () => {
    const stored = await hashPassword("caf\u00e9 au lait", random);
    expect(await verifyPassword("cafe\u0301 au lait", stored)).toBe(true);
  });

  test("hashed elsewhere at another cost is still recognised (RFC 7914 §12)", async () => {
    // scrypt(P="pleaseletmein", S="SodiumChloride", N=16384, r=8, p=1, dkLen=64)
    const hex =
      "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887";
    const text = (bytes: Buffer) => bytes.toString("base64").replace(/=+$/, "");
    const stored = `$scrypt$ln=14,r=8,p=1$${text(Buffer.from("SodiumChloride"))}$${text(Buffer.from(hex, "hex"))}`;
    expect(await verifyPassword("pleaseletmein", stored)).toBe(true);
    expect(await verifyPassword("pleaseletmeout", stored)).toBe(false);
  });
});

describe("an account that does not exist", () => {
  test("accepts no password at all", async () => {
    expect(await verifyPassword("anything", undefined)).toBe(false);
    expect(await verifyPassword("", undefined)).toBe(false);
  });

  test("costs about as much time as one that does", async () => {
    const stored = await hashPassword("correct horse", random);
    const timed = async (hash: string | undefined) => {
      const startedAtMs = performance.now();
      await verifyPassword("wrong", hash);
      return performance.now() - startedAtMs;
    };
    const known = Math.min(await timed(stored), await timed(stored));
    const unknown = Math.min(await timed(undefined), await timed(undefined));
    // Not a benchmark: a shortcut would be a hundred times faster.
    expect(unknown).toBeGreaterThan(known / 5);
  });
});
