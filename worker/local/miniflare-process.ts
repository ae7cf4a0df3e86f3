// The local Workers platform as a process of its own: runs the bundle in workerd, fires cron, reports workerd's pid.
import childProcess from "node:child_process";
import { once } from "node:events";
import { syncBuiltinESMExports } from "node:module";
import { Log, LogLevel, Miniflare } from "miniflare";
import { watchOver } from "#db/local/child";
import { answerParent, tellParent } from "#db/local/node-child";
import { type PlatformOptions, platformOptions } from "./miniflare-options.ts";

export type PlatformReady = { cronUrl: string };

let workerd: childProcess.ChildProcess | undefined;

// Miniflare does not say which process is workerd, and nobody ends it when this process is killed.
const spawn = childProcess.spawn;
childProcess.spawn = ((command: string, ...rest: unknown[]) => {
  const child = (spawn as (...all: unknown[]) => childProcess.ChildProcess)(command, ...rest);
  if (/workerd[^/]*$/.test(command) && child.pid) {
    workerd = child;
    watchOver(child.pid, once(child, "exit"));
    tellParent("workerd", child.pid);
    child.once("exit", () => setTimeout(endIfLost, 200));
  }
  return child;
}) as typeof spawn;
syncBuiltinESMExports();

let miniflare: Miniflare | undefined;
let isEnding = false;

/** A workerd that dies while it is being started again stays dead: then all of it is to be started anew, by our parent. */
function endIfLost(): void {
  miniflare?.ready.catch(() => {
    if (!isEnding) process.exit(1);
  });
}

answerParent({
  async start(options: PlatformOptions): Promise<PlatformReady> {
    miniflare = new Miniflare({ ...platformOptions(options), log: new Log(LogLevel.WARN) });
    const cronUrl = new URL("/cdn-cgi/local/scheduled", (await miniflare.ready).href);
    cronUrl.searchParams.set("cron", "* * * * *");
    return { cronUrl: cronUrl.href };
  },
  /** Puts another bundle or other files in place of those running. */
  async reload(options: PlatformOptions): Promise<void> {
    await miniflare?.setOptions({ ...platformOptions(options), log: new Log(LogLevel.WARN) });
  },
});

process.on("disconnect", () => workerd?.kill("SIGKILL"));
process.on("SIGTERM", async () => {
  isEnding = true;
  await miniflare?.dispose();
  process.exit(0);
});
