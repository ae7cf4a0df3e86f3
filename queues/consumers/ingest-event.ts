/** What recipients did and providers report, brought into the ledger: any report may come late, twice or out of order. */
import { insertEvents, messagesById } from "#db/repos/events";
import { errorReport } from "#domain/error-report";
import type { TenantId } from "#domain/ids";
import type { Deps } from "../deps.ts";
import { applyReports } from "../ingest/apply.ts";
import { unseen } from "../ingest/dedupe.ts";
import { readReports } from "../ingest/read.ts";
import { eventOf, type Report } from "../ingest/report.ts";
import type { RunDelta } from "../live.ts";
import type { ProviderReport, TrackedHit } from "../messages.ts";
import { ack, retryAfter, type Verdict } from "../verdict.ts";

export type Ingested = {
  /** In the order of the messages. */
  readonly verdicts: readonly Verdict[];
  readonly deltas: readonly RunDelta[];
};

const retrySeconds = 10;

export async function ingest(
  deps: Deps,
  messages: readonly (TrackedHit | ProviderReport)[],
): Promise<Ingested> {
  const verdicts: Verdict[] = messages.map(() => ack);
  const byTenant = new Map<TenantId, Report[]>();
  await Promise.all(
    messages.map(async (message, index) => {
      try {
        const reports = await readReports(deps, message, index);
        const known = byTenant.get(message.tenantId) ?? [];
        known.push(...reports);
        byTenant.set(message.tenantId, known);
      } catch (error) {
        // One unreadable report holds nobody else up.
        verdicts[index] = retryAfter(retrySeconds);
        deps.log("ingest.unreadable", {
          tenant: message.tenantId,
          kind: message.kind,
          ...errorReport(error),
        });
      }
    }),
  );
  const deltas = await Promise.all(
    [...byTenant].map(async ([tenantId, reports]) => {
      try {
        return await ingestTenant(deps, tenantId, reports);
      } catch (error) {
        for (const report of reports) verdicts[report.index] = retryAfter(retrySeconds);
        deps.log("ingest.failed", { tenant: tenantId, reports: reports.length, ...errorReport(error) });
        return [];
      }
    }),
  );
  return { verdicts, deltas: deltas.flat() };
}

async function ingestTenant(deps: Deps, tenantId: TenantId, reports: readonly Report[]): Promise<RunDelta[]> {
  const scope = deps.scope(tenantId);
  const ids = [...new Set(reports.flatMap((r) => r.messageId ?? []))];
  const [known, fresh] = await Promise.all([messagesById(scope, ids), unseen(scope, reports)]);
  const matched = fresh.flatMap((report) => {
    const message = report.messageId && known.get(report.messageId);
    return message ? [{ report, message }] : [];
  });
  const dropped = fresh.length - matched.length;
  // Test sends have no row in the ledger, and erased people have none any more.
  if (dropped > 0) deps.log("ingest.dropped", { tenant: tenantId, unknown: dropped });
  const deltas = await applyReports(deps, scope, matched);
  // Last, as the mark that all of the above is done: a crash before this line repeats harmless work.
  await insertEvents(
    scope,
    matched.map(({ report, message }) => eventOf(deps, report, message)),
  );
  return deltas;
}
