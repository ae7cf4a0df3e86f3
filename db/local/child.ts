// A child program that never outlives us: a watchdog ends it when this process disappears, even by SIGKILL.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";

export type Exit = { code: number | null; signal: NodeJS.Signals | null };

export type Child = {
  pid: number;
  process: ChildProcess;
  exited: Promise<Exit>;
  /** Asks with `signal`, insists with SIGKILL after `graceMs`. */
  stop(signal?: NodeJS.Signals, graceMs?: number): Promise<Exit>;
};

export type ChildOptions = { cwd?: string; env?: NodeJS.ProcessEnv; logFile?: string };

// The pipe on the watchdog's stdin closes with us; `kill -0` keeps it from waiting on a program already gone.
const watch = `read -r _; kill -TERM "$1" 2>/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$1" 2>/dev/null || exit 0; sleep 1; done; kill -KILL "$1" 2>/dev/null`;

/** Starts a program in a session of its own, so that Ctrl-C reaches us alone and we end it in order. */
export function startChild(command: string, args: string[], options: ChildOptions = {}): Child {
  const log = options.logFile === undefined ? "ignore" : openSync(options.logFile, "a");
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    detached: true,
    stdio: ["ignore", log, log],
  });
  if (typeof log === "number") closeSync(log);
  return guardChild(child);
}

/** Puts a program that is already running under the watchdog. */
export function guardChild(child: ChildProcess): Child {
  const exited = once(child, "exit").then(([code, signal]): Exit => ({ code, signal }));
  // A command that cannot be run emits "error" and no "exit"; whoever waits on `exited` gets the rejection.
  exited.catch(() => {});
  const pid = child.pid ?? -1;
  if (pid > 0) watchOver(pid, exited);
  return {
    pid,
    process: child,
    exited,
    stop(signal = "SIGTERM", graceMs = 10_000) {
      const insist = setTimeout(() => child.kill("SIGKILL"), graceMs);
      child.kill(signal);
      return exited.finally(() => clearTimeout(insist));
    },
  };
}

/** Ends `pid` when this process is gone. `over` ends the watch. */
export function watchOver(pid: number, over: Promise<unknown>): void {
  const guard = spawn("/bin/sh", ["-c", watch, "sh", String(pid)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  guard.unref();
  guard.on("error", () => {});
  guard.stdin.on("error", () => {});
  (guard.stdin as unknown as { unref?(): void }).unref?.();
  const end = () => guard.kill("SIGKILL");
  over.then(end, end);
}

/** Whether a process of that id runs. A zombie, which nobody has reaped yet, does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return processStat(pid)?.[0] !== "Z";
}

/** When a process began, in the system's own ticks, so that a pid given out again is told apart; "" if unknown. */
export function birthOf(pid: number): string {
  return processStat(pid)?.[19] ?? "";
}

function processStat(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}
