/** The connections a run may go out by, with the share of each; and which of them the next messages go out by. */
import { z } from "zod";
import { idText } from "../id-schema.ts";
import type { ConnectionId } from "../ids.ts";
import type { ProviderKind } from "./provider.ts";

/** `weight` 0 stands by until the others cannot send. One named connection is a route of one. */
export const route = z.array(z.object({ connectionId: idText("cxn"), weight: z.int().min(0).max(100) }));
export type Route = z.output<typeof route>;

export type Candidate = {
  readonly id: ConnectionId;
  readonly kind: ProviderKind;
  readonly weight: number;
  readonly verifiedAt: Date | null;
  readonly lastError: string;
};

/**
 * The route of a run that names no connection: the default and every other that has proved its credentials and was not
 * refused since. The sandbox delivers nothing, so that it and real connections never share a run: the default decides.
 */
export function routeFrom(first: Candidate, others: readonly Candidate[]): Route {
  const isSandbox = first.kind === "sandbox";
  const joins = others.filter(
    (one) =>
      one.id !== first.id &&
      (one.kind === "sandbox") === isSandbox &&
      (isSandbox || one.verifiedAt !== null) &&
      one.lastError === "",
  );
  return [first, ...joins].map(({ id: connectionId, weight }) => ({ connectionId, weight }));
}

export type Standing =
  | { readonly kind: "open" }
  /** In trouble lately: used when nothing else is left. */
  | { readonly kind: "ailing" }
  /** Gives nothing before this moment: penalty, spent quota, spent warm-up day. */
  | { readonly kind: "closed"; readonly untilMs: number };

export type Way = {
  readonly connectionId: ConnectionId;
  readonly weight: number;
  /** What it is owed (above zero) or has had in advance, in messages times the weights beside it. */
  readonly credit: number;
  readonly standing: Standing;
};

export type Choice =
  /** `isLastResort`: nothing healthier is left to ask. */
  | { readonly kind: "ask"; readonly connectionId: ConnectionId; readonly isLastResort: boolean }
  | { readonly kind: "wait"; readonly untilMs: number }
  | { readonly kind: "none" };

/** A stand-by among stand-bys counts as one. */
const shareOf = (way: Way) => Math.max(1, way.weight);

/** The ways of the best kind there is: healthy before ailing, regular before standing by. */
function bestTier(ways: readonly Way[], nowMs: number): readonly Way[] {
  const usable = ways.filter((way) => way.standing.kind !== "closed" || way.standing.untilMs <= nowMs);
  const healthy = usable.filter((way) => way.standing.kind !== "ailing");
  const pool = healthy.length > 0 ? healthy : usable;
  const regular = pool.filter((way) => way.weight > 0);
  return regular.length > 0 ? regular : pool;
}

/**
 * Smooth weighted round robin (as nginx balances its upstreams), counted in messages rather than in turns, because
 * grants differ in size. The same ways give the same choice.
 */
export function chooseWay(ways: readonly Way[], nowMs: number): Choice {
  const [first, ...others] = bestTier(ways, nowMs);
  if (!first) {
    const closed = ways.flatMap(({ standing }) => (standing.kind === "closed" ? [standing.untilMs] : []));
    return closed.length > 0 ? { kind: "wait", untilMs: Math.min(...closed) } : { kind: "none" };
  }
  const owed = (way: Way) => way.credit + shareOf(way);
  const { connectionId, standing } = others.reduce(
    (best, way) => (owed(way) > owed(best) ? way : best),
    first,
  );
  return { kind: "ask", connectionId, isLastResort: standing.kind === "ailing" };
}

/**
 * The most that one connection may be asked for at once: its share of all that the run sends. A small run would
 * otherwise leave by a single one. At least one message.
 */
export function mostAtOnce(
  ways: readonly Way[],
  connectionId: ConnectionId,
  audience: number,
  nowMs: number,
): number {
  const tier = bestTier(ways, nowMs);
  const own = tier.find((way) => way.connectionId === connectionId);
  const total = tier.reduce((sum, way) => sum + shareOf(way), 0);
  return own ? Math.max(1, Math.ceil((audience * shareOf(own)) / total)) : 1;
}

/** The books after `messages` went to one of the ways: the others it was chosen from are owed their shares of them. */
export function charge(
  ways: readonly Way[],
  connectionId: ConnectionId,
  messages: number,
  nowMs: number,
): Way[] {
  const tier = bestTier(ways, nowMs);
  const total = tier.reduce((sum, way) => sum + shareOf(way), 0);
  return ways.map((way) => {
    if (!tier.includes(way)) return way;
    const had = way.connectionId === connectionId ? total * messages : 0;
    return { ...way, credit: way.credit + shareOf(way) * messages - had };
  });
}
