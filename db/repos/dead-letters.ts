/** Queue messages that failed for good. */
import { desc, eq } from "drizzle-orm";
import { deadLetters } from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";

export type DeadLetter = typeof deadLetters.$inferSelect;

/** A message buried twice (its ack was lost) is one row. */
export async function keepDeadLetter(scope: TenantDb, letter: Omit<DeadLetter, "tenantId">): Promise<void> {
  const [known] = await scope
    .pick({ id: deadLetters.id }, deadLetters, eq(deadLetters.messageKey, letter.messageKey))
    .limit(1);
  if (!known) await scope.insert(deadLetters, letter);
}

export async function listDeadLetters(scope: TenantDb, limit: number): Promise<DeadLetter[]> {
  return scope.select(deadLetters).orderBy(desc(deadLetters.id)).limit(limit);
}
