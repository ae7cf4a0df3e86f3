/** What MySQL says when it refuses, read from the text the PlanetScale driver passes on. */
export function errnoOf(error: unknown): number | undefined {
  for (let e: unknown = error; e instanceof Error; e = e.cause) {
    const match = /\(errno (\d+)\)/.exec(e.message);
    if (match) return Number(match[1]);
  }
  return undefined;
}

/** ER_DUP_ENTRY: somebody was first; the unique key picked the winner. */
export function isDuplicate(error: unknown): boolean {
  return errnoOf(error) === 1062;
}

const deadlock = 1213;
const lockTimeout = 1205;

/** Deadlocks and lock time-outs are the loser's to repeat (MySQL manual, InnoDB deadlocks). Full jitter. */
export async function retryLocks<T>(
  run: () => Promise<T>,
  tries = 6,
  random: () => number = Math.random,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      const errno = errnoOf(error);
      if ((errno !== deadlock && errno !== lockTimeout) || attempt >= tries) throw error;
      await new Promise((resolve) => setTimeout(resolve, random() * 25 * 2 ** attempt));
    }
  }
}
