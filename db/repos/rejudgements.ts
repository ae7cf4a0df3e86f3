/** How far the opens and clicks of a run have been judged anew. */
import { and, asc, count, eq, gt, sql } from "drizzle-orm";
import type { ContactId, RunId } from "#domain/ids";
import { messages, rejudgements } from "../schema/index.ts";
import type { TenantDb } from "../scope.ts";
import { type ReportedMessage, reported } from "./events.ts";

export type RejudgementRow = Omit<typeof rejudgements.$inferSelect, "tenantId">;

export async function rejudgementOf(scope: TenantDb, runId: RunId): Promise<RejudgementRow | undefined> {
  const [row] = await scope.select(rejudgements, eq(rejudgements.runId, runId));
  return row;
}

/** Begins anew, whatever was there before: one that is under way goes on beside it and finds nothing left to change. */
export async function beginRejudgement(
  scope: TenantDb,
  runId: RunId,
  rules: number,
  at: Date,
): Promise<RejudgementRow> {
  const [size] = await scope.pick({ total: count() }, messages, eq(messages.sourceId, runId));
  const row = {
    runId,
    rules,
    after: null,
    total: size?.total ?? 0,
    done: 0,
    changed: 0,
    startedAt: at,
    finishedAt: null,
  };
  await scope.transaction(async (tx) => {
    await tx.delete(rejudgements, eq(rejudgements.runId, runId));
    await tx.insert(rejudgements, row);
  });
  return row;
}

/** The next messages of a run in the order of its key. */
export async function messagesAfter(
  scope: TenantDb,
  runId: RunId,
  after: ContactId | null,
  limit: number,
): Promise<ReportedMessage[]> {
  const rest = after ? gt(messages.contactId, after) : undefined;
  return scope
    .pick(reported, messages, and(eq(messages.sourceId, runId), eq(messages.step, 0), rest))
    .orderBy(asc(messages.contactId))
    .limit(limit);
}

/** Counts a page once: whoever comes with the cursor of a page that is done already changes nothing. */
export async function noteRejudged(
  scope: TenantDb,
  runId: RunId,
  page: {
    readonly after: ContactId | null;
    readonly upTo: ContactId | null;
    readonly done: number;
    readonly changed: number;
    readonly finishedAt: Date | null;
  },
): Promise<void> {
  const { after, upTo, done, changed, finishedAt } = page;
  const here = after === null ? sql`${rejudgements.after} is null` : eq(rejudgements.after, after);
  await scope.update(
    rejudgements,
    {
      ...(upTo ? { after: upTo } : {}),
      done: sql`${rejudgements.done} + ${done}`,
      changed: sql`${rejudgements.changed} + ${changed}`,
      finishedAt,
    },
    and(eq(rejudgements.runId, runId), here, sql`${rejudgements.finishedAt} is null`),
  );
}
