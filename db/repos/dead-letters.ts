/** Queue messages that failed for good, and what a person decided about them. */
import { and, count, desc, eq, lt } from "drizzle-orm";
import type { DeadLetterId } from "#domain/ids";
import { type DeadLetterState, deadLetters } from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";

export type DeadLetter = typeof deadLetters.$inferSelect;

/** Whether it was new. A letter buried twice (its ack was lost) is one row; one that dies again after a redrive is another. */
export async function buryDeadLetter(
  scope: TenantDb,
  letter: Omit<DeadLetter, "tenantId">,
): Promise<boolean> {
  const same = and(eq(deadLetters.messageKey, letter.messageKey), eq(deadLetters.state, "waiting"));
  const [known] = await scope.pick({ id: deadLetters.id }, deadLetters, same).limit(1);
  if (known) return false;
  await scope.insert(deadLetters, letter);
  return true;
}

export type DeadLetterFilter = {
  readonly state?: DeadLetterState | undefined;
  readonly before?: DeadLetterId | undefined;
  readonly limit: number;
};
/** Newest first. */
export async function listDeadLetters(scope: TenantDb, filter: DeadLetterFilter): Promise<DeadLetter[]> {
  const where = and(
    filter.state ? eq(deadLetters.state, filter.state) : undefined,
    filter.before ? lt(deadLetters.id, filter.before) : undefined,
  );
  return scope.select(deadLetters, where).orderBy(desc(deadLetters.id)).limit(filter.limit);
}

export async function getDeadLetter(scope: TenantDb, id: DeadLetterId): Promise<DeadLetter | undefined> {
  const [row] = await scope.select(deadLetters, eq(deadLetters.id, id));
  return row;
}

export async function countWaitingLetters(scope: TenantDb): Promise<number> {
  const [row] = await scope.pick({ n: count() }, deadLetters, eq(deadLetters.state, "waiting"));
  return row?.n ?? 0;
}

/** True for the one caller whose decision it was. */
export async function settleDeadLetter(
  scope: TenantDb,
  id: DeadLetterId,
  state: "redriven" | "discarded",
  now: Date,
): Promise<boolean> {
  const where = and(eq(deadLetters.id, id), eq(deadLetters.state, "waiting"));
  const { rowsAffected } = await scope.update(deadLetters, { state, settledAt: now }, where);
  return rowsAffected === 1;
}
