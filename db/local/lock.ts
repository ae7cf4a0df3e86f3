// A lock file between processes: holds the owner's pid and start time, so that a dead owner's lock is taken over.
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { birthOf, isAlive } from "./child.ts";

export type Lock = { release(): void };

/** Takes the lock or returns the pid that holds it. */
export function tryLock(path: string): Lock | { heldBy: number } {
  mkdirSync(dirname(path), { recursive: true });
  const mine = `${path}.${process.pid}`;
  writeFileSync(mine, `${process.pid} ${birthOf(process.pid)}`);
  try {
    for (;;) {
      try {
        linkSync(mine, path);
        return { release: () => releaseLock(path) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const holder = holderOf(path);
      if (holder !== undefined) return { heldBy: holder };
      rmSync(path, { force: true });
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Waits for the lock, calls `onWait` once if it must wait, runs `act`, releases. */
export async function withLock<T>(path: string, act: () => Promise<T>, onWait?: (pid: number) => void) {
  let told = false;
  for (;;) {
    const lock = tryLock(path);
    if ("release" in lock) {
      try {
        return await act();
      } finally {
        lock.release();
      }
    }
    if (!told) onWait?.(lock.heldBy);
    told = true;
    await delay(200);
  }
}

function releaseLock(path: string): void {
  if (holderOf(path) === process.pid) rmSync(path, { force: true });
}

function holderOf(path: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
  const [pid, birth] = text.split(" ");
  const holder = Number(pid);
  if (!holder || !isAlive(holder)) return undefined;
  // A pid may have been given to another program since; its start time tells.
  return birthOf(holder) === birth ? holder : undefined;
}
