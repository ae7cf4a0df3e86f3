/** Judges opens and clicks by the company they keep, and takes back what was judged too early. */
import type { ReportedMessage } from "#db/repos/events";
import {
  type HitRow,
  hitsOf,
  type Rejudged,
  visitorClicks,
  type Window,
  writeJudgements,
} from "#db/repos/hits";
import { type Key, lockMessages, type Mark, writeMarks } from "#db/repos/marks";
import type { TenantDb } from "#db/scope";
import { inTransaction } from "#db/transaction";
import type { MessageId, RunId } from "#domain/ids";
import { type Crowds, crowdsOf, firstsOf, judgeHits, noCrowds, type SeenHit } from "#domain/tracking/judge";
import { crowd, rulesVersion } from "#domain/tracking/rules";

export type Firsts = Pick<ReportedMessage, "openedAt" | "clickedAt" | "machineOpenedAt">;
export type Judged = {
  readonly firsts: ReadonlyMap<MessageId, Firsts>;
  /** Hits that are now judged otherwise than before. */
  readonly changed: number;
  /** Messages of others whose clicks turned out to belong to a crowd. */
  readonly others: readonly MessageId[];
};

/**
 * Judges all hits of these messages together and writes what changed. The rows must be locked: of two consumers with
 * hits of one message, the second to look then sees them all.
 */
export async function judgeLocked(tx: TenantDb, rows: readonly ReportedMessage[]): Promise<Judged> {
  const hits = await hitsOf(tx, rows);
  const { crowdsIn, others } = await crowdsAround(tx, rows, hits);
  const firsts = new Map<MessageId, Firsts>();
  const changed: Rejudged[] = [];
  const stale: Rejudged[] = [];
  for (const row of rows) {
    const own = hits.get(row.id) ?? [];
    const seen = own.map((hit) => seenHit(hit, row));
    const judgements = judgeHits(seen, crowdsIn(row.sourceId));
    for (const hit of own) {
      const reasons = judgements.get(hit.id)?.reasons.join(" ") ?? "";
      if (reasons !== reasonsOf(hit)) changed.push({ id: hit.id, reasons });
      else if (hit.rules !== rulesVersion) stale.push({ id: hit.id, reasons });
    }
    const first = firstsOf(seen, judgements);
    firsts.set(row.id, {
      openedAt: dateOf(first.openedAtMs),
      clickedAt: dateOf(first.clickedAtMs),
      machineOpenedAt: dateOf(first.machineOpenedAtMs),
    });
  }
  await writeJudgements(tx, rulesVersion, [...changed, ...stale]);
  return { firsts, changed: changed.length, others };
}

const dateOf = (ms: number | null) => (ms === null ? null : new Date(ms));
const reasonsOf = (hit: Pick<HitRow, "data">) => String(hit.data.machine ?? "");

/** What changes in a row once its hits are judged. */
export function firstsMark(row: ReportedMessage, firsts: Firsts | undefined): Partial<Firsts> {
  if (!firsts) return {};
  const differs = (column: keyof Firsts) => row[column]?.getTime() !== firsts[column]?.getTime();
  return {
    ...(differs("openedAt") ? { openedAt: firsts.openedAt } : {}),
    ...(differs("clickedAt") ? { clickedAt: firsts.clickedAt } : {}),
    ...(differs("machineOpenedAt") ? { machineOpenedAt: firsts.machineOpenedAt } : {}),
  };
}

export type Rejudgement = {
  readonly runId: RunId;
  /** People gained, or lost where it is negative. */
  readonly opened: number;
  readonly clicked: number;
};

/** Judges messages anew, their hits by the present rules. Twice is once. */
export async function rejudge(
  scope: TenantDb,
  keys: readonly Key[],
): Promise<{ readonly changed: number; readonly people: readonly Rejudgement[] }> {
  if (keys.length === 0) return { changed: 0, people: [] };
  return inTransaction(scope, async (tx) => {
    const rows = [...(await lockMessages(tx, keys)).values()];
    const { firsts, changed } = await judgeLocked(tx, rows);
    const marks: Mark[] = rows.map((row) => ({ key: row, ...firstsMark(row, firsts.get(row.id)) }));
    await writeMarks(
      tx,
      marks.filter((mark) => Object.keys(mark).length > 1),
    );
    return { changed, people: rows.map((row) => gained(row, firsts.get(row.id))) };
  });
}

export function gained(row: ReportedMessage, firsts: Firsts | undefined): Rejudgement {
  const difference = (column: "openedAt" | "clickedAt") =>
    firsts ? Number(firsts[column] !== null) - Number(row[column] !== null) : 0;
  return { runId: row.sourceId, opened: difference("openedAt"), clicked: difference("clickedAt") };
}

/** The clicks of the same visitors around these, and whose judgement they change. */
async function crowdsAround(
  tx: TenantDb,
  rows: readonly ReportedMessage[],
  hits: ReadonlyMap<MessageId, readonly HitRow[]>,
) {
  const windows = new Map<RunId, Window[]>();
  for (const row of rows) {
    for (const { kind, visitor, at } of hits.get(row.id) ?? []) {
      if (kind !== "clicked" || !visitor) continue;
      const atMs = at.getTime();
      const window = { visitor, fromMs: atMs - crowd.withinMs, toMs: atMs + crowd.withinMs };
      windows.set(row.sourceId, [...(windows.get(row.sourceId) ?? []), window]);
    }
  }
  const own = new Set(rows.map((row) => row.id));
  const crowds = new Map<RunId, Crowds>();
  const others = new Set<MessageId>();
  for (const [runId, some] of windows) {
    const clicks = (await visitorClicks(tx, runId, merged(some))).flatMap((click) =>
      click.visitor ? [{ ...click, visitor: click.visitor.toString(), atMs: click.at.getTime() }] : [],
    );
    const isCrowded = crowdsOf(clicks);
    crowds.set(runId, isCrowded);
    for (const click of clicks) {
      const isKnown = reasonsOf(click).includes("burst_of_recipients");
      if (!own.has(click.messageId) && !isKnown && isCrowded(click.visitor, click.atMs))
        others.add(click.messageId);
    }
  }
  return { crowdsIn: (runId: RunId) => crowds.get(runId) ?? noCrowds, others: [...others] };
}

/** One window per visitor and stretch of time: whoever clicks all day long is asked about once. */
function merged(windows: readonly Window[]): Window[] {
  const result: Window[] = [];
  for (const own of Map.groupBy(windows, (window) => window.visitor.toString()).values()) {
    let last: Window | undefined;
    for (const window of own.sort((a, b) => a.fromMs - b.fromMs)) {
      if (last && window.fromMs <= last.toMs) {
        last = { ...last, toMs: Math.max(last.toMs, window.toMs) };
        result[result.length - 1] = last;
      } else {
        last = window;
        result.push(window);
      }
    }
  }
  return result;
}

function seenHit(hit: HitRow, row: ReportedMessage): SeenHit {
  const { data } = hit;
  const known = reasonsOf(hit);
  return {
    key: hit.id,
    event: hit.kind,
    atMs: hit.at.getTime(),
    acceptedAtMs: acceptedBefore(hit, row),
    link: hit.linkPosition === null ? textOf(data.url) : String(hit.linkPosition),
    linkPosition: hit.linkPosition,
    ip: textOf(data.ip) ?? "",
    // The first version of the rules kept these two only as its reasons.
    userAgent: textOf(data.user_agent) ?? (known.includes("no_user_agent") ? "" : null),
    method: textOf(data.method) ?? (known.includes("head_request") ? "HEAD" : "GET"),
    asn: typeof data.asn === "number" ? data.asn : null,
    visitor: hit.visitor?.toString() ?? null,
  };
}

const textOf = (value: string | number | null | undefined) => (typeof value === "string" ? value : null);

function acceptedBefore(hit: HitRow, row: ReportedMessage): number | null {
  const { accepted_ms: noted } = hit.data;
  if (noted !== undefined) return typeof noted === "number" ? noted : null;
  const acceptedAtMs = row.acceptedAt?.getTime() ?? null;
  // A row whose only proof is this very hit was not accepted before it.
  return acceptedAtMs !== null && acceptedAtMs < hit.at.getTime() ? acceptedAtMs : null;
}
