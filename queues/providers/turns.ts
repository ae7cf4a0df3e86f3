/** Turns at the connections of one invocation, shared by all providers opened with the same deps. */
import { limitConcurrency } from "#db/concurrency";
import type { ProviderDeps } from "./adapter.ts";

/** Workers hold six connections per invocation, and the database takes up to three of them (db/client.ts). */
export const maxProviderConnections = 3;

type InTurn = ReturnType<typeof limitConcurrency>;
const turns = new WeakMap<object, InTurn>();

/** Waits for one of the connections, runs the task, gives the connection back. Turns must not be nested. */
export function turnsOf(deps: Partial<ProviderDeps>): InTurn {
  const known = turns.get(deps);
  if (known) return known;
  const inTurn = limitConcurrency(maxProviderConnections);
  turns.set(deps, inTurn);
  return inTurn;
}
