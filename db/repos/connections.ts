/** Connections: a tenant's accounts at providers. Secrets are sealed before they come here. */
import { and, asc, desc, eq, inArray, isNull, ne, or, sql } from "drizzle-orm";
import type { Channel } from "#domain/contact/consent";
import type { ConnectionId } from "#domain/ids";
import type { ProviderKind } from "#domain/sending/provider";
import type { WarmUp } from "#domain/sending/warm-up";
import { campaigns, connections, runs } from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";

export type ConnectionRow = Omit<typeof connections.$inferSelect, "tenantId">;
export type NewConnection = {
  readonly id: ConnectionId;
  readonly kind: ProviderKind;
  readonly name: string;
  readonly settings: Record<string, string | number | boolean>;
  readonly sealed: Uint8Array;
  readonly ratePerSecond: number;
  readonly channel: Channel;
  readonly weight: number;
  readonly warmUp: WarmUp | null;
  readonly at: Date;
};

export async function listConnections(scope: TenantDb): Promise<ConnectionRow[]> {
  return scope.select(connections).orderBy(asc(connections.id));
}

/** Those of one channel, the default first. */
export async function connectionsOf(scope: TenantDb, channel: Channel): Promise<ConnectionRow[]> {
  return scope
    .select(connections, eq(connections.channel, channel))
    .orderBy(desc(connections.isDefault), asc(connections.id));
}

/** How many a second those of a route may send together. */
export async function ratesOf(
  scope: TenantDb,
  route: readonly { readonly connectionId: ConnectionId }[],
): Promise<number> {
  const ids = route.map((way) => way.connectionId);
  const rows = await scope.pick(
    { ratePerSecond: connections.ratePerSecond },
    connections,
    inArray(connections.id, ids),
  );
  return rows.reduce((sum, row) => sum + row.ratePerSecond, 0);
}

export async function findConnection(scope: TenantDb, id: ConnectionId): Promise<ConnectionRow | undefined> {
  const [row] = await scope.select(connections, eq(connections.id, id));
  return row;
}

/** The connection sends go out by where none is named; the oldest of the channel where none was chosen. */
export async function defaultConnection(
  scope: TenantDb,
  channel: Channel = "email",
): Promise<ConnectionRow | undefined> {
  const [row] = await scope
    .select(connections, eq(connections.channel, channel))
    .orderBy(desc(connections.isDefault), asc(connections.id))
    .limit(1);
  return row;
}

/** The first connection of a tenant's channel becomes its default. Hand in the scope of a transaction. */
export async function insertConnection(tx: TenantDb, values: NewConnection): Promise<void> {
  const { at, ...rest } = values;
  const others = await tx
    .pick({ id: connections.id }, connections, eq(connections.channel, values.channel))
    .limit(1)
    .for("update");
  await tx.insert(connections, {
    ...rest,
    isDefault: others.length === 0,
    verifiedAt: null,
    lastError: "",
    createdAt: at,
    updatedAt: at,
  });
}

export type ConnectionChange = {
  readonly name?: string | undefined;
  readonly ratePerSecond?: number | undefined;
  readonly sealed?: Uint8Array | undefined;
  readonly isDefault?: true | undefined;
  readonly weight?: number | undefined;
  readonly warmUp?: WarmUp | null | undefined;
};

/** Hand in the scope of a transaction: making one the default unmakes another. */
export async function changeConnection(
  tx: TenantDb,
  id: ConnectionId,
  change: ConnectionChange,
  at: Date,
): Promise<void> {
  if (change.isDefault) {
    const isDefault = sql<boolean>`${connections.id} = ${sql.param(id, connections.id)}`;
    const [own] = await tx.pick({ channel: connections.channel }, connections, eq(connections.id, id));
    if (own) await tx.update(connections, { isDefault }, eq(connections.channel, own.channel));
  }
  const set = {
    updatedAt: at,
    ...(change.name === undefined ? {} : { name: change.name }),
    ...(change.ratePerSecond === undefined ? {} : { ratePerSecond: change.ratePerSecond }),
    ...(change.weight === undefined ? {} : { weight: change.weight }),
    ...(change.warmUp === undefined ? {} : { warmUp: change.warmUp }),
    // New credentials prove nothing until they are verified.
    ...(change.sealed === undefined ? {} : { sealed: change.sealed, verifiedAt: null, lastError: "" }),
  };
  await tx.update(connections, set, eq(connections.id, id));
}

/** What the provider said when asked: verified now, or why not. */
export async function recordVerification(
  scope: TenantDb,
  id: ConnectionId,
  verdict: { readonly verifiedAt: Date } | { readonly error: string },
): Promise<void> {
  const set =
    "verifiedAt" in verdict
      ? { verifiedAt: verdict.verifiedAt, lastError: "" }
      : { verifiedAt: null, lastError: verdict.error.slice(0, 500) };
  await scope.update(connections, set, eq(connections.id, id));
}

/** What a provider said while sending: credentials, sender or account are refused until a person acts. */
export async function recordRefusal(scope: TenantDb, id: ConnectionId, reason: string): Promise<void> {
  await scope.update(connections, { lastError: reason.slice(0, 500) }, eq(connections.id, id));
}

const onRoute = (id: ConnectionId) =>
  sql`json_contains(${runs.route}, json_object('connectionId', ${sql.param(id)}))`;

/** Whatever still needs this connection, in words; undefined when nothing does. */
export async function connectionUse(scope: TenantDb, id: ConnectionId): Promise<string | undefined> {
  const [run] = await scope
    .pick({ id: runs.id }, runs, and(isNull(runs.finishedAt), or(eq(runs.connectionId, id), onRoute(id))))
    .limit(1);
  if (run) return "a campaign that is being sent";
  const [scheduled] = await scope
    .pick(
      { name: campaigns.name },
      campaigns,
      and(eq(campaigns.connectionId, id), eq(campaigns.state, "scheduled")),
    )
    .limit(1);
  return scheduled && `the scheduled campaign “${scheduled.name}”`;
}

/** False when there is no such connection. The oldest of its channel takes over as default. Hand in a transaction's scope. */
export async function deleteConnection(tx: TenantDb, id: ConnectionId): Promise<boolean> {
  const [row] = await tx.select(connections, eq(connections.id, id)).for("update");
  if (!row) return false;
  await tx.delete(connections, eq(connections.id, id));
  if (!row.isDefault) return true;
  const [heir] = await tx
    .pick(
      { id: connections.id },
      connections,
      and(ne(connections.id, id), eq(connections.channel, row.channel)),
    )
    .orderBy(asc(connections.id))
    .limit(1);
  if (heir) await tx.update(connections, { isDefault: true }, eq(connections.id, heir.id));
  return true;
}
