/** Runs at most `limit` tasks at once; the rest wait their turn in order. */
export function limitConcurrency(limit: number) {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async function run<T>(task: () => Promise<T>): Promise<T> {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await task();
    } finally {
      // The place is handed on, not given back: whoever comes before the next one wakes must find it taken.
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
