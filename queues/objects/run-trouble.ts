/** A chunk whose every attempt dies on our own side: its run stops and says so, instead of trying for ever. */
import type { RunContext } from "./run-context.ts";
import type { Stop } from "./run-standstill.ts";

/** Attempts, not deliveries: each of them is tried by the queue several times before it counts once. */
const maxFailedAttempts = 5;

export type ChunkFailure = {
  readonly chunk: number;
  readonly attempt: number;
  /** What it died of, without anybody's values in it. */
  readonly error: string;
};

/** Whether it was one too many. */
export function addFailure(context: RunContext, { chunk, attempt, error }: ChunkFailure): boolean {
  const times = context.plan.noteFailure(chunk, attempt);
  if (times < maxFailedAttempts) return false;
  context.progress = { ...context.progress, trouble: { chunk, times, error: error.slice(0, 300) } };
  context.save();
  return true;
}

export function troubled(context: RunContext): Stop | undefined {
  const { trouble } = context.progress;
  if (!trouble) return undefined;
  const { chunk, times, error } = trouble;
  const detail = `Part ${chunk + 1} of this run failed ${times} times in a row on our side: ${error}`;
  return { reason: "error_threshold", detail, resumeAtMs: null };
}
