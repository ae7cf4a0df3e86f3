/** What recipients did and providers report, brought into the ledger: any report may come late, twice or out of order. */
import { insertEvents, messagesById } from "#db/repos/events";
import { hitCounts } from "#db/repos/hits";
import { keepPayloads, type NewPayload } from "#db/repos/hook-payloads";
import type { TenantDb } from "#db/scope";
import { errorReport } from "#domain/error-report";
import type { MessageId, TenantId } from "#domain/ids";
import { maxHitsPerMessage } from "#domain/tracking/rules";
import type { Deps } from "../deps.ts";
import { protect, protectUnmatched } from "../ingest/apply.ts";
import { distinct, neverSeen } from "../ingest/dedupe.ts";
import { noteDeferrals } from "../ingest/deferrals.ts";
import { rejudge } from "../ingest/judge.ts";
import { isFelt, markLedger, noDelta } from "../ingest/mark.ts";
import { payloadOf } from "../ingest/payload.ts";
import { readReports } from "../ingest/read.ts";
import { eventOf, isHit, type Matched, type Report } from "../ingest/report.ts";
import type { RunDelta } from "../live.ts";
import type { ReportMessage } from "../messages.ts";
import { ack, retryAfter, type Verdict } from "../verdict.ts";

export type Ingested = {
  /** In the order of the messages. */
  readonly verdicts: readonly Verdict[];
  readonly deltas: readonly RunDelta[];
};

const retrySeconds = 10;
/** What one tenant's messages of a batch brought, and which they were. */
type Brought = { readonly reports: Report[]; readonly payloads: NewPayload[]; readonly indexes: number[] };

export async function ingest(deps: Deps, messages: readonly ReportMessage[]): Promise<Ingested> {
  const verdicts: Verdict[] = messages.map(() => ack);
  const byTenant = new Map<TenantId, Brought>();
  await Promise.all(
    messages.map(async (message, index) => {
      try {
        const reports = await readReports(deps, message, index);
        const known = byTenant.get(message.tenantId) ?? { reports: [], payloads: [], indexes: [] };
        byTenant.set(message.tenantId, known);
        for (const report of reports) known.reports.push(report);
        known.indexes.push(index);
        const payload =
          message.kind === "provider.report" ? await payloadOf(message, reports.length) : undefined;
        if (payload) known.payloads.push(payload);
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
    [...byTenant].map(async ([tenantId, { reports, payloads, indexes }]) => {
      try {
        await keepPayloads(deps.scope(tenantId), payloads);
        return await ingestTenant(deps, tenantId, reports);
      } catch (error) {
        for (const index of indexes) verdicts[index] = retryAfter(retrySeconds);
        deps.log("ingest.failed", { tenant: tenantId, reports: reports.length, ...errorReport(error) });
        return [];
      }
    }),
  );
  return { verdicts, deltas: deltas.flat() };
}

/** So many reports share a handful of statements; a webhook may bring thousands. */
const perSlice = 1_000;

async function ingestTenant(deps: Deps, tenantId: TenantId, reports: readonly Report[]): Promise<RunDelta[]> {
  const scope = deps.scope(tenantId);
  const deltas: RunDelta[] = [];
  const all = distinct(reports);
  for (let at = 0; at < all.length; at += perSlice)
    deltas.push(...(await ingestSlice(deps, scope, all.slice(at, at + perSlice))));
  return deltas;
}

/**
 * People first, then the events, then the ledger, which is written from what the events say. A crash in between is made
 * good by the repeat: only what concerns people asks whether an event is known, and that was done before it was.
 */
async function ingestSlice(deps: Deps, scope: TenantDb, reports: readonly Report[]): Promise<RunDelta[]> {
  const ids = [...new Set(reports.flatMap((r) => r.messageId ?? []))];
  const [known, fresh] = await Promise.all([messagesById(scope, ids), neverSeen(scope, reports)]);
  const found = reports.flatMap((report) => {
    const message = report.messageId && known.get(report.messageId);
    return message ? [{ report, message }] : [];
  });
  const dropped = reports.length - found.length;
  // Test sends have no row in the ledger, and erased people have none any more.
  if (dropped > 0) deps.log("ingest.dropped", { tenant: scope.tenantId, unknown: dropped });
  const matchedReports = new Set(found.map(({ report }) => report));
  await protectUnmatched(
    deps,
    scope,
    reports.filter((report) => !matchedReports.has(report)),
  );
  const matched = await withoutFloods(deps, scope, found);
  // What was delivered speaks for an address whose mailbox was full before.
  const concerned = matched.filter(({ report }) => fresh.has(report) || report.kind === "delivered");
  await protect(deps, scope, concerned);
  await noteDeferrals(deps, scope, concerned);
  await insertEvents(
    scope,
    matched.map(({ report, message }) => eventOf(deps, report, message)),
  );
  const { deltas, others } = await markLedger(scope, matched);
  return [...deltas, ...(await rejudgeOthers(scope, others))];
}

/** Whoever fetches one pixel a million times fills no table: of each message, so many hits are kept and no more. */
async function withoutFloods(deps: Deps, scope: TenantDb, matched: readonly Matched[]): Promise<Matched[]> {
  const hit = new Map(matched.filter((m) => isHit(m.report)).map((m) => [m.message.id, m.message]));
  if (hit.size === 0) return [...matched];
  const counts = await hitCounts(scope, [...hit.values()]);
  const kept = matched.filter((m) => {
    if (!isHit(m.report)) return true;
    const before = counts.get(m.message.id) ?? 0;
    counts.set(m.message.id, before + 1);
    return before < maxHitsPerMessage;
  });
  if (kept.length < matched.length)
    deps.log("ingest.flood", { tenant: scope.tenantId, hits: matched.length - kept.length });
  return kept;
}

/** A crowd was seen: what its earlier clicks were taken for is taken back. */
async function rejudgeOthers(scope: TenantDb, ids: readonly MessageId[]): Promise<RunDelta[]> {
  if (ids.length === 0) return [];
  const rows = await messagesById(scope, ids);
  const { people } = await rejudge(scope, [...rows.values()]);
  return people
    .map(({ runId, opened, clicked }) => ({ ...noDelta(scope, runId), opened, clicked }))
    .filter(isFelt);
}
