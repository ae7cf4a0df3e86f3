// The local stack stands up again after any of its parts is killed, and leaves nothing behind when it is itself killed.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { isAlive } from "#db/local/child";
import { type Stack, type StackPart, startStack } from "#worker/local/stack";

const parts: StackPart[] = ["workerd", "miniflare", "gateway", "mysqld"];
// Durable: a relaxed MySQL may forget the last second when it is killed.
const quick = { bufferPoolMegabytes: 128, dashboard: false, port: 0, cronIntervalMs: 0 };
const until = (condition: () => void | Promise<void>) =>
  vi.waitFor(condition, { timeout: 30_000, interval: 50 });

describe("a supervised stack", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "larkpost-stack-"));
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ ...quick, dataDir, supervise: true });
  });
  afterAll(async () => {
    await stack.stop();
    rmSync(dataDir, { recursive: true });
  });

  test.each(parts)("answers on the same address after %s was killed", async (part) => {
    await stack.healthy();
    const killed = stack.pids()[part] ?? 0;
    stack.kill(part);
    await until(() => expect(stack.pids()[part]).not.toBe(killed));
    await stack.healthy();
    expect(isAlive(killed)).toBe(false);
  });

  test("keeps what was committed before MySQL was killed", async () => {
    const signup = {
      email: `${crypto.randomUUID()}@example.com`,
      password: crypto.randomUUID(),
      name: "Ann",
      tenant_name: "Kept",
    };
    const post = (path: string, body: object) =>
      fetch(stack.origin + path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    expect((await post("/v1/auth/signup", signup)).status).toBe(201);
    const killed = stack.pids().mysqld;
    stack.kill("mysqld");
    await until(() => expect(stack.pids().mysqld).not.toBe(killed));
    await stack.healthy();
    expect((await post("/v1/auth/login", signup)).status).toBe(200);
  });

  test("fires cron when asked, and not through the public address", async () => {
    await stack.triggerCron();
    const path = new URL(stack.cronUrl).pathname;
    expect((await fetch(stack.origin + path)).status).toBe(404);
  });

  test("refuses a second server on the same data", async () => {
    await expect(startStack({ ...quick, dataDir })).rejects.toThrow(/in use by process/);
  });
});

test("a launcher that is killed leaves no process behind, and the next one starts on its data", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "larkpost-stack-"));
  const launch = async () => {
    const launcher = fork(join(import.meta.dirname, "launcher.ts"), [], { stdio: "inherit", execArgv: [] });
    launcher.send({ ...quick, dataDir });
    const [pids] = (await once(launcher, "message")) as [Record<StackPart, number>];
    return { launcher, pids };
  };
  try {
    const { launcher, pids } = await launch();
    launcher.kill("SIGKILL");
    await until(() => expect(parts.filter((part) => isAlive(pids[part]))).toEqual([]));
    const again = await launch();
    expect(Object.values(again.pids).every(isAlive)).toBe(true);
    again.launcher.disconnect();
    await until(() => expect(parts.filter((part) => isAlive(again.pids[part]))).toEqual([]));
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});
