/** The connections a chunk has to do with: the one it goes out by now, and those that earlier attempts went out by. */
import type { ConnectionId, TenantId } from "#domain/ids";
import type { Provider, Refusal } from "#domain/sending/provider";
import type { Deps } from "../deps.ts";
import { type Connection, loadConnection, openProvider } from "../providers/index.ts";

export type Sender = {
  readonly connectionId: ConnectionId;
  readonly provider: Provider;
  /** Since when the connection is the account it is now: idempotency keys given before may belong to another one. */
  readonly accountSinceMs: number;
  /** When the connection was read. Keys given by this sender are of the account it was then, however much later. */
  readonly readAtMs: number;
};
export type ConnectionRefusal = { readonly connectionId: ConnectionId; readonly refusal: Refusal };

/** Undefined where the connection was removed: nobody can be asked any more what became of what it took. */
export type SenderOf = (id: ConnectionId) => Promise<Sender | undefined>;

export function senderFrom(deps: Deps, connection: Connection): Sender {
  return {
    connectionId: connection.id,
    provider: openProvider(deps, connection),
    accountSinceMs: connection.changedAtMs ?? 0,
    readAtMs: connection.readAtMs ?? deps.now(),
  };
}

/** A connection that is gone: it heals what others left, and takes nothing. */
export function removedSender(connectionId: ConnectionId): Sender {
  const refusal = { kind: "rejected", reason: "The connection was removed." } as const;
  const traits = { maxBatch: 1, idempotent: false, evidence: "none", defaultRatePerSecond: 1 } as const;
  const provider: Provider = {
    kind: "sandbox",
    traits,
    send: async () => ({ kind: "refused", refusal }),
    verify: async () => ({ ok: false, reason: refusal.reason }),
  };
  return { connectionId, provider, accountSinceMs: 0, readAtMs: 0 };
}

/** Each is looked up once per chunk, and only when an earlier attempt went out by it. */
export function sendersBeside(deps: Deps, tenantId: TenantId, own: Sender, isRemoved = false): SenderOf {
  const known = new Map<ConnectionId, Promise<Sender | undefined>>([
    [own.connectionId, Promise.resolve(isRemoved ? undefined : own)],
  ]);
  return (id) => {
    const found =
      known.get(id) ??
      loadConnection(deps, tenantId, id).then((connection) => connection && senderFrom(deps, connection));
    known.set(id, found);
    return found;
  };
}
