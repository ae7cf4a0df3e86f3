/** When silence about a message says that nobody took it. */

/** Messages that left by the same connection in the same minutes and were taken. */
export type Neighbours = {
  /** A report told what became of them. */
  readonly reported: number;
  /** The provider answered that it took them, and nothing was heard since. */
  readonly silent: number;
};

/**
 * Silence means something where it is rare. While one in ten of those that were certainly taken is silent too, reports
 * are late, or lost on their way, and nothing follows from it.
 */
export function silenceSpeaks({ reported, silent }: Neighbours): boolean {
  return reported > 0 && reported >= 9 * silent;
}

/** Why a message stays in doubt although its neighbours were reported. */
export const companyWasTaken =
  "no answer came, and others of the same attempt were taken: it may have arrived";
