/** What reports leave in the ledger: states that only move forward, first times, and how many people that makes. */
import type { ReportedMessage } from "#db/repos/events";
import { lockMessages, type Mark, writeMarks } from "#db/repos/marks";
import type { TenantDb } from "#db/scope";
import { inTransaction } from "#db/transaction";
import type { MessageId, RunId } from "#domain/ids";
import { afterEvent, eventRank, type MessageState, type ReportedState } from "#domain/sending/ledger";
import type { RunDelta } from "../live.ts";
import { type Firsts, firstsMark, gained, judgeLocked } from "./judge.ts";
import { isHit, type Matched, type Report } from "./report.ts";

const ranked = (Object.keys(eventRank) as ReportedState[]).sort((a, b) => eventRank[a] - eventRank[b]);
const longestReason = 300;

export type Marked = { readonly deltas: RunDelta[]; readonly others: readonly MessageId[] };

/** One transaction for all: the rows are locked in the order of their key, so nothing moves between look and write. */
export async function markLedger(scope: TenantDb, matched: readonly Matched[]): Promise<Marked> {
  if (matched.length === 0) return { deltas: [], others: [] };
  const reports = Map.groupBy(matched, (m) => m.message.id);
  return inTransaction(scope, async (tx) => {
    const rows = [
      ...(
        await lockMessages(tx, [...new Map(matched.map((m) => [m.message.id, m.message])).values()])
      ).values(),
    ];
    const hit = rows.filter((row) => reports.get(row.id)?.some((m) => isHit(m.report)));
    const { firsts, others } =
      hit.length > 0 ? await judgeLocked(tx, hit) : { firsts: new Map<MessageId, Firsts>(), others: [] };
    const marks: Mark[] = [];
    const deltas = new Map<RunId, RunDelta>();
    for (const row of rows) {
      const own = (reports.get(row.id) ?? []).map((m) => m.report);
      const { steps, ...moved } = movedBy(row, own);
      const mark: Mark = { key: row, ...moved, ...left(row, own), ...firstsMark(row, firsts.get(row.id)) };
      if (Object.keys(mark).length > 1) marks.push(mark);
      add(deltas, scope, row, steps, gained(row, firsts.get(row.id)));
    }
    await writeMarks(tx, marks);
    return { deltas: [...deltas.values()].filter(isFelt), others };
  });
}

/** Through every step that was reported, from the lowest rank to the highest, so that each is counted once. */
function movedBy(row: ReportedMessage, reports: readonly Report[]) {
  let state: MessageState = row.state;
  const steps: ReportedState[] = [];
  let acceptedAt = row.acceptedAt;
  let reason: string | undefined;
  for (const to of ranked) {
    const told = reports.filter((report) => stateReported(report) === to);
    const next = afterReport(state, row.tries, to);
    const [first] = told.sort((a, b) => a.atMs - b.atMs);
    if (!first || next === state) continue;
    // What a row in doubt said about its doubt is answered.
    reason = to === "bounced" ? first.detail.slice(0, longestReason) : to === "complained" ? reason : "";
    acceptedAt ??= new Date(first.atMs);
    state = next;
    steps.push(to);
  }
  if (steps.length === 0) return { steps };
  return {
    steps,
    state,
    ...(reason === undefined ? {} : { reason }),
    ...(acceptedAt === row.acceptedAt ? {} : { acceptedAt }),
  };
}

/** A row that was put back into the queue after an attempt counts as tried: the report proves that the provider has it. */
function afterReport(state: MessageState, tries: number, to: ReportedState): MessageState {
  if (state === "queued") return tries > 0 ? to : state;
  return afterEvent(state, to);
}

/** Whatever a recipient does with a message proves that the provider took it: the links in it exist nowhere else. */
function stateReported({ kind }: Report): ReportedState {
  switch (kind) {
    case "delivered":
    case "bounced":
    case "complained":
      return kind;
    // Taken by the provider, then given up by it: the recipient has nothing.
    case "failed":
      return "bounced";
    case "deferred":
    case "accepted":
    case "opened":
    case "clicked":
    case "unsubscribed":
      return "accepted";
  }
}

function left(row: ReportedMessage, reports: readonly Report[]): { unsubscribedAt?: Date } {
  const times = reports.filter((report) => report.kind === "unsubscribed").map((report) => report.atMs);
  return row.unsubscribedAt === null && times.length > 0
    ? { unsubscribedAt: new Date(Math.min(...times)) }
    : {};
}

function add(
  deltas: Map<RunId, RunDelta>,
  scope: TenantDb,
  row: ReportedMessage,
  steps: readonly ReportedState[],
  people: { readonly opened: number; readonly clicked: number },
): void {
  // A transactional message has no run whose picture anybody watches.
  if (row.isDirect) return;
  const before = deltas.get(row.sourceId) ?? noDelta(scope, row.sourceId);
  const step = (state: ReportedState) => Number(steps.includes(state));
  deltas.set(row.sourceId, {
    ...before,
    delivered: before.delivered + step("delivered"),
    bounced: before.bounced + step("bounced"),
    complained: before.complained + step("complained"),
    opened: before.opened + people.opened,
    clicked: before.clicked + people.clicked,
  });
}

export const noDelta = (scope: TenantDb, runId: RunId): RunDelta => ({
  tenantId: scope.tenantId,
  runId,
  delivered: 0,
  bounced: 0,
  complained: 0,
  opened: 0,
  clicked: 0,
});
export const isFelt = ({ delivered, bounced, complained, opened, clicked }: RunDelta) =>
  [delivered, bounced, complained, opened, clicked].some((number) => number !== 0);
