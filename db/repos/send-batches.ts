/** What attempts were about to say, kept so that a dead attempt can be healed instead of guessed about. */
import { and, asc, eq, sql } from "drizzle-orm";
import type { ConnectionId, RunId } from "#domain/ids";
import { type Literal, rawStatement, rowsLiteral } from "../bulk.ts";
import { retryLocks } from "../errors.ts";
import { sendBatches } from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";

export type StoredBatch = {
  readonly connectionId: ConnectionId;
  readonly position: number;
  readonly inputs: Uint8Array;
  readonly createdAt: Date;
};

export async function storeBatches(
  scope: TenantDb,
  runId: RunId,
  attempt: { readonly id: Uint8Array; readonly connectionId: ConnectionId },
  batches: readonly { readonly position: number; readonly inputs: Uint8Array }[],
  now: Date,
): Promise<void> {
  const rows: Literal[][] = batches.map((b) => [
    { id: scope.tenantId },
    { id: runId },
    attempt.id,
    { id: attempt.connectionId },
    b.position,
    b.inputs,
    now,
  ]);
  const columns = "tenant_id, source_id, attempt_id, connection_id, position, inputs, created_at";
  const statement = rawStatement(`insert ignore into send_batches (${columns}) values ${rowsLiteral(rows)}`);
  await retryLocks(() => scope.execute(statement));
}

export async function loadBatches(
  scope: TenantDb,
  runId: RunId,
  attemptId: Uint8Array,
): Promise<StoredBatch[]> {
  return scope
    .pick(
      {
        connectionId: sendBatches.connectionId,
        position: sendBatches.position,
        inputs: sendBatches.inputs,
        createdAt: sendBatches.createdAt,
      },
      sendBatches,
      and(eq(sendBatches.sourceId, runId), eq(sendBatches.attemptId, attemptId)),
    )
    .orderBy(asc(sendBatches.position));
}

export async function dropBatches(scope: TenantDb, runId: RunId, attemptId: Uint8Array): Promise<void> {
  await retryLocks(() =>
    scope.delete(
      sendBatches,
      sql`${eq(sendBatches.sourceId, runId)} and ${eq(sendBatches.attemptId, attemptId)}`,
    ),
  );
}
