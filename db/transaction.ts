/** Transactions that are begun again when they lose against another: all that they do must be inside of them. */
import { retryLocks } from "./errors.ts";
import type { TenantDb } from "./scope.ts";

export function inTransaction<R>(scope: TenantDb, run: (tx: TenantDb) => Promise<R>): Promise<R> {
  return retryLocks(() => scope.transaction(run));
}
