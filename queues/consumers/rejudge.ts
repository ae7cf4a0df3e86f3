/** Judges the opens and clicks of a run by the present rules, page by page. Twice is once; a page that died is read again. */
import { messagesAfter, noteRejudged } from "#db/repos/rejudgements";
import type { Deps } from "../deps.ts";
import { rejudge } from "../ingest/judge.ts";
import { isFelt, noDelta } from "../ingest/mark.ts";
import { notifyRuns } from "../live.ts";
import type { RunRejudge } from "../messages.ts";
import { ack, type Verdict } from "../verdict.ts";

const perPage = 500;

export async function rejudgeRun(deps: Deps, message: RunRejudge): Promise<Verdict> {
  const { tenantId, runId, after } = message;
  const scope = deps.scope(tenantId);
  const page = await messagesAfter(scope, runId, after, perPage);
  const { changed, people } = await rejudge(scope, page);
  const last = page.at(-1);
  const isLast = page.length < perPage;
  await noteRejudged(scope, runId, {
    after,
    upTo: last?.contactId ?? null,
    done: page.length,
    changed,
    finishedAt: isLast ? new Date(deps.now()) : null,
  });
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
  const delta = {
    ...noDelta(scope, runId),
    opened: sum(people.map((one) => one.opened)),
    clicked: sum(people.map((one) => one.clicked)),
  };
  if (isFelt(delta)) await notifyRuns(deps, [delta]);
  if (!isLast && last)
    await deps.env.INGEST_QUEUE.send({ ...message, after: last.contactId } satisfies RunRejudge);
  return ack;
}
