/** The connections a campaign would go out by now: the one it names, or those of the workspace's route for its channel. */
import type { Campaign } from "#db/repos/campaigns";
import { type ConnectionRow, connectionsOf, defaultConnection, findConnection } from "#db/repos/connections";
import type { TenantDb } from "#db/scope";
import { routeFrom } from "#domain/sending/route";

/** In the order of the route; empty where there is none, or the one named carries another channel. */
export async function campaignWays(
  scope: TenantDb,
  { connectionId, channel }: Pick<Campaign, "connectionId" | "channel">,
): Promise<readonly ConnectionRow[]> {
  if (connectionId) {
    const named = await findConnection(scope, connectionId);
    return named?.channel === channel ? [named] : [];
  }
  const [first, all] = await Promise.all([defaultConnection(scope, channel), connectionsOf(scope, channel)]);
  if (!first) return [];
  const byId = new Map([...all, first].map((row) => [row.id, row]));
  return routeFrom(first, all).flatMap((way) => byId.get(way.connectionId) ?? []);
}
