/** The schedule of a fault run. The seed decides all of it; nothing here knows of processes, clocks or addresses. */
import { between, dealer, type Random, shuffled, stream, wholeBetween } from "./random.ts";

export type KillPart = "workerd" | "gateway" | "mysqld";

/** `share`: of all the messages the far ends will take. A slow machine is struck at the same places as a fast one. */
export type Moment =
  | { readonly while: "preparing"; readonly afterMs: number }
  | { readonly while: "sending"; readonly share: number };
export type Strike =
  | { readonly act: "kill"; readonly part: KillPart; readonly at: Moment }
  | { readonly act: "pause"; readonly campaign: number; readonly forMs: number; readonly at: Moment }
  | { readonly act: "forge"; readonly campaign: number; readonly at: Moment };

/** What happens to a provider call; `after`: it was carried out, and only the answer suffers. */
export const callFaults = [
  "hang_before",
  "hang_after",
  "cut_before",
  "cut_after",
  "error_before",
  "error_after",
  "rate_limited",
] as const;
export type CallFault = (typeof callFaults)[number];

export type Mischief = {
  /** Shares of the messages on the way to the sender. */
  readonly dropped: number;
  readonly doubled: number;
  readonly delayed: number;
  /** Kept until the attempt they name has long been given up. */
  readonly stale: number;
};
export type ReportHabits = {
  readonly doubled: number;
  readonly late: number;
  /** Never told at all, where the rules of evidence allow it (docs/sending.md). */
  readonly never: number;
};

export type Plan = {
  readonly seed: number;
  readonly recipients: number;
  readonly fars: readonly string[];
  readonly strikes: readonly Strike[];
  readonly queue: Mischief;
  readonly reports: ReportHabits;
};

/** Below this a run is the quick one of `npm test`: fewer strikes, shorter times, fewer far ends. */
const isLarge = (recipients: number) => recipients >= 1_000;

/** The times of the engine, shortened so that a run heals in seconds; their relations are those of production. */
export const settingsFor = (recipients: number) => ({
  leaseMs: isLarge(recipients) ? 6_000 : 4_000,
  chunkSize: Math.min(500, Math.max(20, Math.ceil(recipients / 20))),
  chunksInFlight: 4,
  freezePage: Math.min(2_000, Math.max(100, Math.ceil(recipients / 5))),
  evidenceWindowMs: isLarge(recipients) ? 20_000 : 15_000,
});
/** Late is well within the evidence window: of a report later than that the window cannot know. */
export const latestReportMs = (recipients: number) => settingsFor(recipients).evidenceWindowMs / 3;
/** In every run: keys; reports without keys; neither. Large ones have two more. */
export const farsInRun = (recipients: number) => (isLarge(recipients) ? 5 : 3);

export function planFor(seed: number, recipients: number, fars: readonly string[]): Plan {
  const random = stream(seed, "plan");
  const large = isLarge(recipients);
  const kills: readonly KillPart[] = large
    ? ["workerd", "workerd", "workerd", "workerd", "gateway", "gateway", "mysqld", "mysqld"]
    : ["workerd", "workerd", "gateway", "mysqld"];
  const campaign = () => Math.floor(random() * fars.length);
  const strikes: Strike[] = [
    ...shuffled(kills, random).map(
      (part, i): Strike => ({ act: "kill", part, at: moment(random, i < kills.length / 4) }),
    ),
    ...Array.from({ length: large ? 3 : 1 }, (): Strike => {
      return {
        act: "pause",
        campaign: campaign(),
        forMs: Math.round(between(random, 200, 3_000)),
        at: moment(random),
      };
    }),
    ...Array.from({ length: 4 }, (): Strike => ({ act: "forge", campaign: campaign(), at: moment(random) })),
  ];
  return {
    seed,
    recipients,
    fars,
    strikes: strikes.sort((a, b) => order(a.at) - order(b.at)),
    queue: {
      dropped: between(random, 0.02, 0.08),
      doubled: between(random, 0.03, 0.12),
      delayed: between(random, 0.05, 0.25),
      stale: between(random, 0.01, 0.03),
    },
    reports: {
      doubled: between(random, 0.02, 0.15),
      late: between(random, 0.05, 0.2),
      never: between(random, 0.005, 0.03),
    },
  };
}

function moment(random: Random, preparing = false): Moment {
  return preparing
    ? { while: "preparing", afterMs: wholeBetween(random, 20, 1_500) }
    : { while: "sending", share: between(random, 0.01, 0.9) };
}

const order = (at: Moment) => (at.while === "preparing" ? at.afterMs - 1e6 : at.share);

/**
 * What becomes of the calls to one far end, in their order: each kind of fault once in forty, or more seldom where
 * `calls` are many, so that it comes up some four times in all.
 */
export function callFates(seed: number, far: string, calls = 0): () => CallFault | undefined {
  const perRound = Math.max(40, Math.ceil(calls / 4));
  const calm = Array.from<undefined>({ length: perRound - callFaults.length });
  return dealer<CallFault | undefined>([...callFaults, ...calm], stream(seed, `calls ${far}`));
}
