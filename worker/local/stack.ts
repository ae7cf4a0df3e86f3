// The whole product on one machine and one address: MySQL, gateway, Worker with queues and objects, dashboard, cron.
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "#db/local/port";
import { buildDashboard, buildWorker, defaultConfig } from "./builds.ts";
import { root } from "./command.ts";
import { type Database, keptSecret, startDatabase } from "./database.ts";
import type { PlatformOptions } from "./miniflare-options.ts";
import { type Platform, startPlatform } from "./platform.ts";

export type StackOptions = {
  /** Everything this stack keeps. Default: .data in the repository. */
  dataDir?: string;
  /** Default 8787; another one if it is taken. 0: any. */
  port?: number;
  /** Default: any free one. */
  gatewayPort?: number;
  /** Variables and secrets for the Worker, over those this launcher sets. */
  vars?: Record<string, string>;
  relaxedMysql?: boolean;
  bufferPoolMegabytes?: number;
  /** Starts again what is killed. */
  supervise?: boolean;
  /** false leaves the dashboard out. */
  dashboard?: boolean;
  /** Default one minute. 0: only triggerCron() fires it. */
  cronIntervalMs?: number;
  /** Merged into Miniflare's options of the Worker, e.g. { queueConsumers: { "larkpost-send": { maxBatchSize: 1 } } }. */
  workerOverrides?: Record<string, unknown>;
  /** Workers beside it, which its bindings may name. */
  besides?: PlatformOptions["besides"];
  /** A database that is already there (PlanetScale); then none is started here. */
  databaseUrl?: string;
  /** Another wrangler.toml. */
  config?: string;
  onProgress?: (line: string) => void;
};

export type StackPart = "mysqld" | "gateway" | "miniflare" | "workerd";

export type Stack = {
  origin: string;
  databaseUrl: string;
  /** Undefined when the database is elsewhere. */
  mysql: Database["mysql"] | undefined;
  /** Wraps the tenants' own keys; the seed needs it. */
  deploymentKey: string;
  logDir: string;
  /** A GET here fires cron from another process. */
  cronUrl: string;
  pids(): Partial<Record<StackPart, number>>;
  /** SIGKILL, as a fault would. */
  kill(which: StackPart): void;
  /** Fires cron and waits until the handler has ended. */
  triggerCron(): Promise<void>;
  /** Resolves when /health answers 200; rejects after `timeoutMs`. */
  healthy(timeoutMs?: number): Promise<void>;
  /** Builds again what has changed and puts it in place. */
  rebuild(): Promise<void>;
  stop(): Promise<void>;
};

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const dataDir = resolve(options.dataDir ?? join(root, ".data"));
  const logDir = join(dataDir, "logs");
  const cacheDir = join(root, ".data/cache");
  const config = options.config ?? defaultConfig;
  mkdirSync(logDir, { recursive: true });
  const say = options.onProgress ?? (() => {});

  const buildBundle = async () => {
    say("bundle of the Worker");
    return { bundleDir: await buildWorker(cacheDir, config) };
  };
  const buildFiles = async () => {
    if (options.dashboard === false) return {};
    say("dashboard");
    return { dashboardDir: await buildDashboard(cacheDir) };
  };
  const build = async () => ({ ...(await buildBundle()), ...(await buildFiles()) });
  const database = options.databaseUrl ? undefined : startDatabase({ ...options, dataDir });
  let platform: Platform | undefined;
  const stop = async () => {
    await platform?.stop();
    await database?.then((started) => started.stop()).catch(() => {});
  };
  try {
    const [started, builds] = await allOrFirstError(database, build());
    const wanted = options.port ?? 8787;
    const port = await freePort(...(wanted === 0 ? [] : [wanted]));
    if (wanted !== 0 && port !== wanted) say(`port ${wanted} is taken, using ${port}`);
    const origin = `http://127.0.0.1:${port}`;
    const databaseUrl = started?.databaseUrl ?? options.databaseUrl ?? "";
    const keyPath = join(dataDir, "deployment-key");
    const deploymentKey = options.vars?.DEPLOYMENT_KEY ?? keptSecret(keyPath, newDeploymentKey);
    say("worker");
    platform = await startPlatform({
      config,
      ...builds,
      port,
      persistDir: join(dataDir, "worker"),
      logDir,
      vars: {
        DATABASE_URL: databaseUrl,
        DEPLOYMENT_KEY: deploymentKey,
        PUBLIC_ORIGIN: origin,
        ...options.vars,
      },
      workerOverrides: options.workerOverrides,
      besides: options.besides,
      supervise: options.supervise ?? false,
      cronIntervalMs: options.cronIntervalMs ?? 60_000,
      onProgress: options.onProgress,
    });
    const running = platform;
    return {
      origin,
      databaseUrl,
      mysql: started?.mysql,
      deploymentKey,
      logDir,
      get cronUrl() {
        return running.cronUrl;
      },
      pids: () => ({ ...started?.pids(), ...running.pids() }),
      kill(which) {
        if (which === "mysqld" || which === "gateway") started?.kill(which);
        else running.kill(which);
      },
      triggerCron: () => running.triggerCron(),
      healthy: (timeoutMs = 30_000) => untilHealthy(origin, timeoutMs, logDir),
      async rebuild() {
        await started?.refresh();
        // The dashboard takes longer; the Worker need not wait for it.
        await running.reload(await buildBundle());
        await running.reload(await buildFiles());
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const newDeploymentKey = () => randomBytes(32).toString("base64");

/** Waits for both even when one fails, so that nothing half started is left running. */
async function allOrFirstError<A, B>(
  first: Promise<A> | undefined,
  second: Promise<B>,
): Promise<[A | undefined, B]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}

async function untilHealthy(origin: string, timeoutMs: number, logDir: string): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  let last = "";
  while (performance.now() < deadline) {
    try {
      const response = await fetch(`${origin}/health`, { signal: AbortSignal.timeout(5_000) });
      last = `${response.status} ${(await response.text()).slice(0, 200)}`;
      if (response.ok) return;
    } catch (error) {
      last = String(error);
    }
    await delay(100);
  }
  throw new Error(`${origin}/health does not answer: ${last}. See ${logDir}.`);
}
