/** Reads kept reports again, page by page: what was missing is added, what is known changes nothing. */
import { payloadsIn } from "#db/repos/hook-payloads";
import type { Deps } from "../deps.ts";
import { reportOf } from "../ingest/payload.ts";
import { notifyRuns } from "../live.ts";
import type { ReportReplay } from "../messages.ts";
import { ack, type Verdict } from "../verdict.ts";
import { ingest } from "./ingest-event.ts";

/** One report may be five megabytes; a page must fit into a Worker's memory many times over. */
const perPage = 8;

export async function replayReports(deps: Deps, message: ReportReplay): Promise<Verdict> {
  const { tenantId, connectionId, from, upTo, after } = message;
  const page = await payloadsIn(deps.scope(tenantId), { connectionId, from, upTo }, after, perPage);
  const last = page.at(-1);
  if (!last) return ack;
  const reports = await Promise.all(page.map((payload) => reportOf(tenantId, payload)));
  const { verdicts, deltas } = await ingest(deps, reports);
  await notifyRuns(deps, deltas);
  // Not past what could not be read: the whole page again costs nothing but time.
  const failed = verdicts.find((verdict) => verdict.do === "retry");
  if (failed) return failed;
  if (page.length < perPage) return ack;
  await deps.env.INGEST_QUEUE.send({ ...message, after: last.id } satisfies ReportReplay);
  return ack;
}
