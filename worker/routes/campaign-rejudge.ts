/** People and machines of a campaign told apart anew, by the rules as they are today. */
import { beginRejudgement, type RejudgementRow, rejudgementOf } from "#db/repos/rejudgements";
import { rulesVersion } from "#domain/tracking/rules";
import type { RunRejudge } from "#queues/messages";
import { audit } from "../audit.ts";
import { problem } from "../problem.ts";
import { createRouter } from "../router.ts";
import * as contract from "./campaign-rejudge.schema.ts";
import { runOf } from "./campaign-reports.ts";

export const campaignRejudge = createRouter();

function shown({ rules, total, done, changed, startedAt, finishedAt }: RejudgementRow) {
  return {
    rules,
    messages: total,
    done,
    changed,
    started_at: startedAt.toISOString(),
    finished_at: finishedAt?.toISOString() ?? null,
  };
}

campaignRejudge.openapi(contract.reclassify, async (c) => {
  const { id } = c.req.valid("param");
  const { scope, deps, actor, tenantId } = c.var;
  const run = await runOf(scope, id);
  if (!run.ok) return problem(c, run.error);
  const runId = run.value.id;
  const row = await beginRejudgement(scope, runId, rulesVersion, new Date(deps.now()));
  await deps.env.INGEST_QUEUE.send({
    v: 1,
    kind: "run.rejudge",
    tenantId,
    runId,
    after: null,
  } satisfies RunRejudge);
  await audit(scope, deps, actor, {
    action: "campaign.reclassify",
    subject: id,
    after: { rules: rulesVersion },
  });
  return c.json(shown(row), 202);
});

campaignRejudge.openapi(contract.reclassification, async (c) => {
  const run = await runOf(c.var.scope, c.req.valid("param").id);
  if (!run.ok) return problem(c, run.error);
  const row = await rejudgementOf(c.var.scope, run.value.id);
  return c.json({ rejudgement: row ? shown(row) : null }, 200);
});
