/** By which connection a run's next messages go: what the run itself has met with each, and what their limiters grant. */
import { findConnection } from "#db/repos/connections";
import { getRun } from "#db/repos/runs";
import type { ConnectionId } from "#domain/ids";
import type { Grant, WaitsFor } from "#domain/sending/gate";
import { charge, chooseWay, mostAtOnce, type Standing, type Way } from "#domain/sending/route";
import { takeFrom } from "../providers/limiter.ts";
import type { RunContext } from "./run-context.ts";
import type { RunWay } from "./run-progress.ts";

/** Somebody who waits no longer than this is waited for, so that shares hold; for longer, the others take over. */
const soonMs = 2_000;
/** Terms may be changed and plans ended meanwhile: nobody sleeps through that. */
const longestSleepMs = 60_000;
const lookAgainAtOutMs = 60_000;

/** The route as it was frozen at launch; a run of one connection from before there were routes is a route of one. */
export async function waysOf(context: RunContext): Promise<readonly RunWay[]> {
  if (context.progress.ways.length > 0) return context.progress.ways;
  const { tenantId, runId, connectionId } = context.progress.identity;
  const run = await getRun(context.deps.scope(tenantId), runId);
  const route = run && run.route.length > 0 ? run.route : [{ connectionId, weight: 1 }];
  const ways = route.map((way) => ({ ...way, ...freshWay }));
  context.progress = { ...context.progress, ways };
  return ways;
}

export const freshWay = {
  credit: 0,
  attempted: 0,
  refused: 0,
  unavailable: 0,
  out: null,
  quota: null,
} as const satisfies Omit<RunWay, "connectionId" | "weight">;

export type Pick =
  | { readonly connectionId: ConnectionId; readonly grant: Grant }
  | { readonly grant: null; readonly waitMs: number };

/** What limiters said a moment ago: they are not asked again within one handing out. */
export type Heard = Map<ConnectionId, Standing>;

export async function pickWay(
  context: RunContext,
  heard: Heard,
  wanted: { readonly want: number; readonly attempt: string },
): Promise<Pick> {
  const { deps } = context;
  const { tenantId } = context.progress.identity;
  for (;;) {
    const nowMs = deps.now();
    const ways = standingWays(await waysOf(context), heard, nowMs);
    const choice = chooseWay(ways, nowMs);
    if (choice.kind === "none") return { grant: null, waitMs: 1_000 };
    if (choice.kind === "wait") return { grant: null, waitMs: sleepMs(choice.untilMs - nowMs) };
    const { connectionId, isLastResort } = choice;
    const most = mostAtOnce(ways, connectionId, context.progress.audience, nowMs);
    const want = Math.min(wanted.want, most);
    const grant = await takeFrom(deps, tenantId, connectionId, { ...wanted, want, isLastResort });
    if (!grant) {
      const detail = "The connection was removed.";
      changeWay(context, connectionId, (way) => ({ ...way, out: { reason: "provider_refused", detail } }));
      continue;
    }
    if (grant.granted > 0) {
      const charged = charge(ways, connectionId, grant.granted, nowMs);
      const credits = new Map(charged.map((way) => [way.connectionId, way.credit]));
      context.progress = {
        ...context.progress,
        waiting: null,
        ways: context.progress.ways.map((way) => ({
          ...way,
          credit: credits.get(way.connectionId) ?? way.credit,
        })),
      };
      return { connectionId, grant };
    }
    note(context, grant, nowMs);
    if (grant.waitsFor === "recovery") heard.set(connectionId, { kind: "ailing" });
    else if (grant.waitMs <= soonMs) return { grant: null, waitMs: grant.waitMs };
    else heard.set(connectionId, { kind: "closed", untilMs: nowMs + grant.waitMs });
  }
}

const sleepMs = (ms: number) => Math.min(Math.max(ms, 1), longestSleepMs);

/** Waiting for a second's pace is no news; waiting for tomorrow is. The soonest of several is what is waited for. */
function note(context: RunContext, { waitsFor, waitMs }: Grant, nowMs: number): void {
  if (waitsFor === null || waitsFor === "pace" || waitsFor === "recovery") return;
  const { waiting } = context.progress;
  // The limiter's clock is not quite ours: midnight is to read as midnight.
  const untilMs = Math.ceil((nowMs + waitMs) / 1_000) * 1_000;
  if (waiting && waiting.untilMs > nowMs && waiting.untilMs <= untilMs) return;
  context.progress = { ...context.progress, waiting: { for: waitsFor, untilMs } };
}
export type Waiting = { readonly for: Exclude<WaitsFor, "pace" | "recovery">; readonly untilMs: number };

function standingWays(ways: readonly RunWay[], heard: Heard, nowMs: number): Way[] {
  return ways
    .filter((way) => way.out === null)
    .map(({ connectionId, weight, credit, quota }) => {
      const closed =
        quota && quota.untilMs > nowMs ? { kind: "closed" as const, untilMs: quota.untilMs } : undefined;
      return {
        connectionId,
        weight,
        credit,
        standing: closed ?? heard.get(connectionId) ?? { kind: "open" as const },
      };
    });
}

export function changeWay(context: RunContext, id: ConnectionId, change: (way: RunWay) => RunWay): void {
  const ways = context.progress.ways.map((way) => (way.connectionId === id ? change(way) : way));
  context.progress = { ...context.progress, ways };
}

/** A connection that was refused comes back into the run once somebody has put it right: its error is gone then. */
export async function takeBackRepaired(context: RunContext): Promise<void> {
  const { deps, progress } = context;
  const nowMs = deps.now();
  const out = progress.ways.filter((way) => way.out?.reason === "provider_refused");
  if (out.length === 0 || nowMs - progress.lookedAtOutMs < lookAgainAtOutMs) return;
  context.progress = { ...progress, lookedAtOutMs: nowMs };
  for (const { connectionId } of out) {
    const row = await findConnection(deps.scope(progress.identity.tenantId), connectionId);
    if (row && row.lastError === "") changeWay(context, connectionId, (way) => ({ ...way, ...freshWay }));
  }
}
