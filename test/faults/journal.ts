/** What really happened in a fault run, as it happened. */

export type Entry = {
  readonly atMs: number;
  /** `kill workerd`, `queue dropped`, `call cut_after`, … */
  readonly what: string;
  /** The far end it concerns, where it concerns one. */
  readonly far: string | undefined;
};

export type Journal = {
  readonly entries: readonly Entry[];
  note(what: string, far?: string): void;
  count(beginning: string): number;
  /** How often each thing happened, in order of name. */
  counts(): Record<string, number>;
};

export function openJournal(now: () => number = Date.now): Journal {
  const entries: Entry[] = [];
  return {
    entries,
    note(what, far) {
      entries.push({ atMs: now(), what, far });
    },
    count: (beginning) => entries.filter(({ what }) => what.startsWith(beginning)).length,
    counts() {
      const counts: Record<string, number> = {};
      for (const { what } of entries) counts[what] = (counts[what] ?? 0) + 1;
      return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
    },
  };
}
