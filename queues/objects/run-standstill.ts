/** When a run must stop by itself: no connection of its route is left that could take anything. */
import type { PauseReason } from "#domain/campaign/state";
import { mustPause, pauseDetail } from "#domain/sending/health";
import type { Refusal } from "#domain/sending/provider";
import type { ChunkReport, RunWay } from "./run-progress.ts";

const maxUnavailable = 10;

export type Stop = {
  readonly reason: PauseReason;
  readonly detail: string;
  readonly resumeAtMs: number | null;
};

/** What a way is after a report of a chunk that went out by it. */
export function afterReport(way: RunWay, report: ChunkReport, nowMs: number): RunWay {
  const attempted = way.attempted + report.accepted + report.failed + Math.max(0, report.unknown);
  const refused = way.refused + report.failed;
  const { refusal } = report;
  const unavailable =
    refusal?.kind === "unavailable" ? way.unavailable + 1 : report.accepted > 0 ? 0 : way.unavailable;
  const health = { attempted, failed: refused };
  const out: RunWay["out"] =
    refusal?.kind === "rejected"
      ? { reason: "provider_refused", detail: refusal.reason }
      : mustPause(health)
        ? { reason: "error_threshold", detail: pauseDetail(health) }
        : way.out;
  return { ...way, attempted, refused, unavailable, out, quota: quotaAfter(refusal, nowMs) ?? way.quota };
}

function quotaAfter(refusal: Refusal | null, nowMs: number): RunWay["quota"] {
  if (refusal?.kind !== "quota_spent") return null;
  return { untilMs: nowMs + refusal.resetsInMs, detail: refusal.reason };
}

/** Undefined while one connection is left; a spent quota ends its own pause, everything else needs a person. */
export function standstill(ways: readonly RunWay[], nowMs: number): Stop | undefined {
  const left = ways.filter((way) => way.out === null);
  if (left.length === 0) {
    const [first] = ways.flatMap((way) => way.out ?? []);
    return first && { ...first, resumeAtMs: null };
  }
  const isSpent = (way: RunWay) => way.quota !== null && way.quota.untilMs > nowMs;
  if (!left.every((way) => isSpent(way) || way.unavailable >= maxUnavailable)) return undefined;
  const [soonest] = left
    .flatMap((way) => (isSpent(way) && way.quota ? [way.quota] : []))
    .sort((a, b) => a.untilMs - b.untilMs);
  if (soonest) return { reason: "provider_quota", detail: soonest.detail, resumeAtMs: soonest.untilMs };
  const times = Math.max(...left.map((way) => way.unavailable));
  const detail = `The provider could not be reached ${times} times in a row.`;
  return { reason: "provider_refused", detail, resumeAtMs: null };
}
