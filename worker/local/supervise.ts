// Starts a part again whenever it dies, until told to stop or until it dies too often.
import { setTimeout as delay } from "node:timers/promises";

export type Supervision = { end(): void };

const maxRestartsPerMinute = 30;

/** `exited` gives the promise of the process that runs now; `restart` starts the next one. */
export function supervise(
  name: string,
  exited: () => Promise<unknown>,
  restart: () => Promise<unknown>,
  say: (line: string) => void = () => {},
): Supervision {
  let ended = false;
  const restartedAt: number[] = [];
  const watch = async () => {
    while (!ended) {
      await exited().catch(() => {});
      if (ended) return;
      const minuteAgo = performance.now() - 60_000;
      while ((restartedAt[0] ?? Number.POSITIVE_INFINITY) < minuteAgo) restartedAt.shift();
      if (restartedAt.length >= maxRestartsPerMinute) {
        say(`${name} died ${maxRestartsPerMinute} times within a minute and is left alone`);
        return;
      }
      restartedAt.push(performance.now());
      say(`${name} ended, starting it again`);
      await restart().catch(async (error: unknown) => {
        say(`${name}: ${error instanceof Error ? error.message : String(error)}`);
        await delay(500);
      });
    }
  };
  void watch();
  return {
    end() {
      ended = true;
    },
  };
}
