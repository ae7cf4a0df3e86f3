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

const maxLines = 20;

/** Bounded: what is wrong in a thousand rows is wrong in the first few. */
export function offenceLines({ name, offences, evidence }: CampaignResult): string[] {
  const said = offences.slice(0, maxLines).map((o) => `${name}: ${o.kind}: ${o.address}: ${o.why}`);
  const more = offences.length > maxLines ? [`${name}: and ${offences.length - maxLines} more`] : [];
  const shown = evidence.map(
    (one) => `${name}: ${one.address}: ${one.mails} mails; ledger ${JSON.stringify(one.rows)}`,
  );
  return [...said, ...more, ...shown];
}

export function isRight({ duplicates, lost, unexplained, ended }: CampaignResult): boolean {
  return duplicates + lost + unexplained === 0 && ended !== "time is up";
}
