/** The report of a run of text messages: parts, what they cost, and who wrote back. */
import { listConnections } from "#db/repos/connections";
import { repliesTo, segmentsOf } from "#db/repos/sms-reports";
import type { TenantDb } from "#db/scope";
import type { RunId } from "#domain/ids";
import { priceOf } from "#domain/sms/forecast";
import { estimateCost } from "#domain/sms/price";

export async function smsReport(scope: TenantDb, runId: RunId) {
  const [parts, replies, connections] = await Promise.all([
    segmentsOf(scope, runId),
    repliesTo(scope, runId),
    listConnections(scope),
  ]);
  const costs = parts
    .filter((part) => part.segments > 0)
    .map(({ connectionId, segments }) => {
      const connection = connections.find((one) => one.id === connectionId);
      const price = connection && priceOf([connection]);
      const cost = price && estimateCost(segments, price);
      return {
        connection: connection?.name ?? "A connection that was removed",
        segments,
        amount: cost?.amount ?? null,
        currency: cost?.currency ?? null,
      };
    });
  return { segments: parts.reduce((sum, part) => sum + part.segments, 0), costs, ...replies };
}
