/** Idempotency keys: who asked first, until when they are waited for, and what they were answered. */
import { and, eq } from "drizzle-orm";
import { retryLocks } from "../errors.ts";
import { idempotencyKeys } from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";

export type HeldKey = Omit<typeof idempotencyKeys.$inferSelect, "tenantId" | "keyHash">;
export type NewKey = {
  readonly keyHash: Uint8Array;
  readonly bodyHash: Uint8Array;
  readonly leasedUntil: Date;
  readonly createdAt: Date;
};

/** Undefined where the key is now the caller's; otherwise what stands under it. The row's key picks the winner. */
export async function takeKey(scope: TenantDb, key: NewKey): Promise<HeldKey | undefined> {
  const { rowsAffected } = await retryLocks(() => scope.insertMissing(idempotencyKeys, key));
  if (rowsAffected > 0) return undefined;
  const [held] = await scope.pick(
    {
      bodyHash: idempotencyKeys.bodyHash,
      status: idempotencyKeys.status,
      answer: idempotencyKeys.answer,
      leasedUntil: idempotencyKeys.leasedUntil,
      createdAt: idempotencyKeys.createdAt,
    },
    idempotencyKeys,
    eq(idempotencyKeys.keyHash, key.keyHash),
  );
  // Let go of between the two statements: as if it had never been held.
  return held ?? takeKey(scope, key);
}

/** Takes over from a request that never answered; true for the one caller whose move it was. */
export async function retakeKey(
  scope: TenantDb,
  keyHash: Uint8Array,
  held: HeldKey,
  leasedUntil: Date,
): Promise<boolean> {
  const { rowsAffected } = await scope.update(
    idempotencyKeys,
    { leasedUntil },
    and(
      eq(idempotencyKeys.keyHash, keyHash),
      eq(idempotencyKeys.status, 0),
      eq(idempotencyKeys.leasedUntil, held.leasedUntil),
    ),
  );
  return rowsAffected > 0;
}

export async function keepAnswer(
  scope: TenantDb,
  keyHash: Uint8Array,
  status: number,
  answer: Uint8Array,
): Promise<void> {
  await scope.update(idempotencyKeys, { status, answer }, eq(idempotencyKeys.keyHash, keyHash));
}

/** The next request under this key need not wait; it goes on from the same beginning. */
export async function endLease(scope: TenantDb, keyHash: Uint8Array, now: Date): Promise<void> {
  await scope.update(idempotencyKeys, { leasedUntil: now }, eq(idempotencyKeys.keyHash, keyHash));
}

export async function forgetKey(scope: TenantDb, keyHash: Uint8Array): Promise<void> {
  await scope.delete(idempotencyKeys, eq(idempotencyKeys.keyHash, keyHash));
}
