/** How fast an import goes, out of its last answers. */
import type { Import } from "./queries.ts";

export type Sample = { readonly atMs: number; readonly rows: number; readonly bytes: number };
export type Pace = { readonly rowsPerSecond: number; readonly secondsLeft: number | null };

const windowMs = 10_000;

export function sampleAt(job: Import, atMs: number): Sample {
  return { atMs, rows: job.rows_read, bytes: job.bytes_done };
}

export function withSample(samples: readonly Sample[], next: Sample): Sample[] {
  return [...samples.filter(({ atMs }) => atMs < next.atMs && atMs >= next.atMs - windowMs), next];
}

/** `undefined` while there is too little to tell. */
export function paceOf(samples: readonly Sample[], sizeBytes: number): Pace | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last || last.atMs - first.atMs < 900) return undefined;
  const seconds = (last.atMs - first.atMs) / 1_000;
  const bytesPerSecond = (last.bytes - first.bytes) / seconds;
  return {
    rowsPerSecond: (last.rows - first.rows) / seconds,
    secondsLeft: bytesPerSecond > 0 ? (sizeBytes - last.bytes) / bytesPerSecond : null,
  };
}
