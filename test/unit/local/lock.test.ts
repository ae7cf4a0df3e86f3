// A lock between processes is held by one, and by nobody once its owner has died.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { tryLock, withLock } from "#db/local/lock";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "larkpost-lock-"));
  path = join(folder, "lock");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("is held by one at a time and free after its release", () => {
  const first = tryLock(path);
  expect(tryLock(path)).toEqual({ heldBy: process.pid });
  if ("release" in first) first.release();
  expect(tryLock(path)).toHaveProperty("release");
});

test("of a process that has ended is taken over", () => {
  const { pid } = spawnSync("true");
  writeFileSync(path, `${pid} 123`);
  expect(tryLock(path)).toHaveProperty("release");
});

test("of a pid that was given to another program since is taken over", () => {
  writeFileSync(path, `${process.pid} 1`);
  expect(tryLock(path)).toHaveProperty("release");
  expect(readFileSync(path, "utf8")).not.toBe(`${process.pid} 1`);
});

test("is waited for, and released also when the work fails", async () => {
  const order: string[] = [];
  const failing = withLock(path, async () => {
    order.push("first");
    throw new Error("failed");
  });
  const waiting = withLock(path, async () => order.push("second"));
  await expect(failing).rejects.toThrow("failed");
  await waiting;
  expect(order).toEqual(["first", "second"]);
});
