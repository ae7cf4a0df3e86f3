/** Tells the coordinators of runs what was learned about their messages, so that open dashboards see it at once. */
import type { Run } from "#db/repos/runs";
import type { RunId, TenantId } from "#domain/ids";
import type { Deps } from "./deps.ts";

export type RunDelta = {
  readonly tenantId: TenantId;
  readonly runId: RunId;
  readonly delivered: number;
  readonly bounced: number;
  readonly complained: number;
  readonly opened: number;
  readonly clicked: number;
};

export function coordinatorName(tenantId: TenantId, runId: RunId): string {
  return `${tenantId}:${runId}`;
}
export function coordinatorOf(deps: Deps, tenantId: TenantId, runId: RunId) {
  return deps.env.CAMPAIGN_COORDINATOR.getByName(coordinatorName(tenantId, runId));
}

export const identityHeader = "x-larkpost-run";

/** A request for the live picture of a run: the coordinator may never have heard of its own run. */
export function liveRequest(request: Request, tenantId: TenantId, run: Run): Request {
  const { id: runId, campaignId, connectionId } = run;
  const named = new Request(request);
  named.headers.set(identityHeader, JSON.stringify({ tenantId, campaignId, runId, connectionId }));
  return named;
}

/** Never throws: the numbers are in the ledger, a missed frame is made up for by the next. */
export async function notifyRuns(deps: Deps, deltas: readonly RunDelta[]): Promise<void> {
  await Promise.all(
    deltas.map(async (delta) => {
      try {
        await coordinatorOf(deps, delta.tenantId, delta.runId).noteEvents(delta);
      } catch (error) {
        deps.log("live.unreachable", { run: delta.runId, error: String(error) });
      }
    }),
  );
}
