/** A fault run in words: what was to happen, what did, a row per campaign, and on failure the rows that tell why. */
import type { Plan, Strike } from "./plan.ts";
import type { CampaignResult, SeedResult } from "./seed-run.ts";

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
const placed = ({ at }: Strike) =>
  at.while === "preparing" ? `${at.afterMs} ms after the launch` : `at ${percent(at.share)}`;

export function scheduleLines(plan: Plan): string[] {
  const strikes = plan.strikes.map((one) => {
    if (one.act === "kill") return `kill ${one.part} ${placed(one)}`;
    const where = plan.fars[one.campaign] ?? "";
    return one.act === "pause"
      ? `pause ${where} for ${one.forMs} ms ${placed(one)}`
      : `forge a report of ${where} ${placed(one)}`;
  });
  const { dropped, doubled, delayed, stale } = plan.queue;
  const { reports } = plan;
  return [
    `strikes: ${strikes.join("; ")}`,
    `chunks: ${percent(dropped)} dropped, ${percent(doubled)} doubled, ${percent(delayed)} delayed, ${percent(stale)} stale`,
    `reports: ${percent(reports.doubled)} doubled, ${percent(reports.late)} late, ${percent(reports.never)} never told`,
  ];
}

export function happenedLine({ journal }: SeedResult): string {
  const counts = Object.entries(journal.counts()).map(([what, count]) => `${count} × ${what}`);
  return `happened: ${counts.join(", ")}`;
}

const columns = [
  "sent",
  "accepted",
  "failed",
  "skipped",
  "unknown",
  "duplicates",
  "lost",
  "unexplained",
  "seconds",
] as const;

function figures(result: CampaignResult): Record<(typeof columns)[number], number> {
  const { sent, states, duplicates, lost, unexplained, seconds } = result;
  const of = (...names: string[]) => names.reduce((sum, name) => sum + (states[name] ?? 0), 0);
  return {
    sent,
    accepted: of("accepted", "delivered", "bounced", "complained"),
    failed: of("failed"),
    skipped: of("skipped"),
    unknown: of("unknown"),
    duplicates,
    lost,
    unexplained,
    seconds,
  };
}

export function tableLines(results: readonly CampaignResult[]): string[] {
  const head = ["", ...columns];
  const rows = results.map((result) => {
    const of = figures(result);
    return [result.name, ...columns.map((column) => String(of[column]))];
  });
  const width = (column: number) => Math.max(...[head, ...rows].map((row) => (row[column] ?? "").length));
  return [head, ...rows].map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(width(i)) : cell.padStart(width(i)))).join("  "),
  );
}

const maxLines = 6;

const clock = (atMs: number | null | undefined) => (atMs ? new Date(atMs).toISOString().slice(11, 23) : "-");

/** Bounded: what is wrong in a thousand rows is wrong in the first few. */
export function offenceLines({ name, offences, evidence }: CampaignResult): string[] {
  const kinds = ["lost", "unexplained", "duplicate"] as const;
  const said = kinds.flatMap((kind) => {
    const of = offences.filter((o) => o.kind === kind);
    const first = of.slice(0, maxLines).map((o) => `${name}: ${kind}: ${o.address}: ${o.why}`);
    return of.length > maxLines ? [...first, `${name}: ${kind}: and ${of.length - maxLines} more`] : first;
  });
  const shown = evidence.flatMap(({ address, rows, mails, told, heard }) => [
    ...rows.map(
      (r) =>
        `${name}: ${address}: ledger ${r.messageId} ${r.state} "${r.reason}", try ${r.tries} at ${clock(r.claimedAtMs)}`,
    ),
    ...mails.map((mail) => `${name}: ${address}: far end ${mail.messageId} at ${clock(mail.atMs)}`),
    ...told.map(({ kind, atMs }) => `${name}: ${address}: told ${kind} at ${clock(atMs)}`),
    ...heard.map(({ kind, atMs }) => `${name}: ${address}: heard ${kind} at ${clock(atMs)}`),
  ]);
  return [...said, ...shown];
}

/** When things broke, to be read beside what went wrong. */
export function breakLines({ journal }: SeedResult): string[] {
  const broke = journal.entries.filter(({ what }) => /^(?:kill|call|line|paused|pause|resume) /.test(what));
  return broke.map(({ atMs, what, far }) => `${clock(atMs)} ${what}${far ? ` (${far})` : ""}`);
}

export function isRight({ duplicates, lost, unexplained, ended }: CampaignResult): boolean {
  return duplicates + lost + unexplained === 0 && ended !== "time is up";
}
