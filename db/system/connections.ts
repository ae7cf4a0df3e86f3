/** Connections: a webhook names nothing but the connection, so its tenant has to be found first. */
import { eq } from "drizzle-orm";
import type { PlanetScaleDatabase } from "drizzle-orm/planetscale-serverless";
import type { ConnectionId } from "#domain/ids";
import { connections } from "../schema/campaigns.ts";

export function connectionStatements(raw: PlanetScaleDatabase) {
  return {
    async owner(id: ConnectionId) {
      const [row] = await raw
        .select({ tenantId: connections.tenantId, kind: connections.kind })
        .from(connections)
        .where(eq(connections.id, id))
        .limit(1);
      return row;
    },
  };
}
export type ConnectionStatements = ReturnType<typeof connectionStatements>;
