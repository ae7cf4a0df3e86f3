/** Person or machine, judged by the company a hit keeps: all opens and clicks of a message together. Pure; order does not matter. */
import { classify, type Judgement, type MachineReason, machineReasons } from "./classify.ts";
import { burst, crowd, decoyNearMs, decoyPosition } from "./rules.ts";

export type SeenHit = {
  readonly key: string;
  readonly event: "opened" | "clicked";
  readonly atMs: number;
  /** When the provider had taken the message, as far as it was known when the hit came. */
  readonly acceptedAtMs: number | null;
  /** Which link of the message: its position, or its address where a provider counts clicks itself. */
  readonly link: string | null;
  readonly linkPosition: number | null;
  readonly ip: string;
  /** Null where a provider reports the hit and does not say. */
  readonly userAgent: string | null;
  readonly method: string;
  readonly asn: number | null;
  /** Address and agent in one; null where they are not known. */
  readonly visitor: string | null;
};

/** One click in a run, as far as crowds are concerned. */
export type VisitorClick = {
  readonly visitor: string;
  readonly messageId: string;
  readonly atMs: number;
};
export type Crowds = (visitor: string, atMs: number) => boolean;
export const noCrowds: Crowds = () => false;

/** Judgements of one message's hits, by key. `crowds` knows the clicks around them, other recipients' among them. */
export function judgeHits(hits: readonly SeenHit[], crowds: Crowds): Map<string, Judgement> {
  const clicks = hits.filter((hit) => hit.event === "clicked");
  const walked = burstsOf(clicks, burst.links, burst.withinMs, (click) => click.link);
  const decoys = clicks.filter((click) => click.linkPosition === decoyPosition);
  return new Map(
    hits.map((hit) => {
      const found = new Set<MachineReason>(classify(hit).reasons);
      if (decoys.some((decoy) => isSameVisitor(decoy, hit))) found.add("decoy");
      if (walked.has(hit)) found.add("burst_of_links");
      if (hit.event === "clicked" && hit.visitor !== null && crowds(hit.visitor, hit.atMs))
        found.add("burst_of_recipients");
      const reasons = machineReasons.filter((reason) => found.has(reason));
      return [hit.key, { machine: reasons.length > 0, reasons }];
    }),
  );
}

/** Gateways change addresses or agents between two looks, seldom both at once. */
function isSameVisitor(decoy: SeenHit, hit: SeenHit): boolean {
  if (Math.abs(decoy.atMs - hit.atMs) > decoyNearMs) return false;
  return (decoy.ip !== "" && decoy.ip === hit.ip) || (!!decoy.userAgent && decoy.userAgent === hit.userAgent);
}

export function crowdsOf(clicks: readonly VisitorClick[]): Crowds {
  const byVisitor = Map.groupBy(clicks, (click) => click.visitor);
  const moments = new Map<string, Set<number>>();
  for (const [visitor, own] of byVisitor) {
    const crowded = burstsOf(own, crowd.messages, crowd.withinMs, (click) => click.messageId);
    if (crowded.size > 0) moments.set(visitor, new Set([...crowded].map((click) => click.atMs)));
  }
  return (visitor, atMs) => moments.get(visitor)?.has(atMs) ?? false;
}

/** Those that lie in some window of `withinMs` with at least `least` different things in it. */
function burstsOf<T extends { readonly atMs: number }>(
  all: readonly T[],
  least: number,
  withinMs: number,
  thingOf: (one: T) => string | null,
): Set<T> {
  const sorted = all.filter((one) => thingOf(one) !== null).sort((a, b) => a.atMs - b.atMs);
  const inside = new Set<T>();
  const counts = new Map<string, number>();
  let from = 0;
  let marked = 0;
  sorted.forEach((last, i) => {
    const thing = thingOf(last) as string;
    counts.set(thing, (counts.get(thing) ?? 0) + 1);
    for (; last.atMs - (sorted[from] as T).atMs > withinMs; from++) {
      const gone = thingOf(sorted[from] as T) as string;
      const left = (counts.get(gone) ?? 0) - 1;
      if (left > 0) counts.set(gone, left);
      else counts.delete(gone);
    }
    if (counts.size < least) return;
    for (let at = Math.max(from, marked); at <= i; at++) inside.add(sorted[at] as T);
    marked = i + 1;
  });
  return inside;
}

export type Firsts = {
  readonly openedAtMs: number | null;
  readonly clickedAtMs: number | null;
  readonly machineOpenedAtMs: number | null;
};

/** The first open and click by a person, and the first open by a machine. */
export function firstsOf(hits: readonly SeenHit[], judgements: ReadonlyMap<string, Judgement>): Firsts {
  const first = (event: SeenHit["event"], machine: boolean) => {
    const times = hits
      .filter((hit) => hit.event === event && (judgements.get(hit.key)?.machine ?? false) === machine)
      .map((hit) => hit.atMs);
    return times.length > 0 ? times.reduce((a, b) => Math.min(a, b)) : null;
  };
  return {
    openedAtMs: first("opened", false),
    clickedAtMs: first("clicked", false),
    machineOpenedAtMs: first("opened", true),
  };
}
