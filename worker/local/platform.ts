// The Workers platform of a stack: Miniflare and workerd as children, on one port that stays whatever is killed.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type NodeChild, startNodeChild } from "#db/local/node-child";
import type { PlatformOptions } from "./miniflare-options.ts";
import type { PlatformReady } from "./miniflare-process.ts";
import { type Supervision, supervise } from "./supervise.ts";

export type Platform = {
  /** A GET here fires the scheduled handler and answers when it has ended; not reachable through the front. */
  cronUrl: string;
  pids(): { miniflare: number; workerd: number };
  kill(which: "miniflare" | "workerd"): void;
  /** Fires the scheduled handler and waits until it has ended. */
  triggerCron(): Promise<void>;
  /** Puts another bundle or other files in place; what did not change is left running. */
  reload(change: Partial<PlatformOptions>): Promise<void>;
  stop(): Promise<void>;
};

export type PlatformSettings = PlatformOptions & {
  logDir: string;
  supervise: boolean;
  /** 0: cron is fired by triggerCron() alone. */
  cronIntervalMs: number;
  onProgress?: (line: string) => void;
};

export async function startPlatform(settings: PlatformSettings): Promise<Platform> {
  const { logDir, supervise: supervised, cronIntervalMs, onProgress, ...first } = settings;
  mkdirSync(first.persistDir, { recursive: true });
  let options: PlatformOptions = first;
  let workerd = 0;
  const start = (): Promise<NodeChild<PlatformReady>> => {
    // The workerd of a killed Miniflare would keep the port.
    if (workerd) killQuietly(workerd);
    return startNodeChild(new URL("./miniflare-process.ts", import.meta.url), options, {
      logFile: join(logDir, "worker.log"),
      env: { CLOUDFLARE_CF_FETCH_ENABLED: "false", WRANGLER_SEND_METRICS: "false", NODE_NO_WARNINGS: "1" },
      onNote: (note, value) => {
        if (note === "workerd") workerd = Number(value);
      },
    });
  };
  let running = await start();
  let watch: Supervision | undefined;
  if (supervised) {
    const restart = async () => {
      running = await start();
    };
    watch = supervise("worker", () => running.exited, restart, onProgress);
  }
  const triggerCron = () => fireCron(running.ready.cronUrl);
  let cronRuns = false;
  const cron =
    cronIntervalMs > 0
      ? setInterval(async () => {
          if (cronRuns) return;
          cronRuns = true;
          // What fails in it is in the Worker's log; the next one comes anyway.
          await triggerCron().catch(() => {});
          cronRuns = false;
        }, cronIntervalMs)
      : undefined;
  return {
    get cronUrl() {
      return running.ready.cronUrl;
    },
    pids: () => ({ miniflare: running.pid, workerd }),
    kill: (which) => killQuietly(which === "workerd" ? workerd : running.pid),
    triggerCron,
    async reload(change) {
      const changed = { ...options, ...change };
      if (isDeepStrictEqual(changed, options)) return;
      options = changed;
      await running.call("reload", options);
    },
    async stop() {
      clearInterval(cron);
      watch?.end();
      await running.stop();
      killQuietly(workerd);
    },
  };
}

/** Throws with what the handler threw. */
export async function fireCron(cronUrl: string): Promise<void> {
  const response = await fetch(cronUrl);
  const text = await response.text();
  if (!response.ok) throw new Error(`cron: ${response.status} ${text.slice(0, 500)}`);
}

function killQuietly(pid: number): void {
  try {
    if (pid > 0) process.kill(pid, "SIGKILL");
  } catch {}
}
