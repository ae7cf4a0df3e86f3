/** A stack whose Worker counts: the product's own configuration with another entry. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defaultConfig } from "#worker/local/builds";
import { root } from "#worker/local/command";
import { type Stack, startStack } from "#worker/local/stack";

export type Counts = Readonly<Record<string, number>>;

export async function startCountedStack(
  folder: string,
  vars: Record<string, string> = {},
): Promise<Stack & { counts(): Promise<Counts> }> {
  const project = join(folder, "project");
  mkdirSync(project, { recursive: true });
  const config = join(project, "wrangler.toml");
  const entry = join(root, "test/bench/counted/worker.ts");
  const own = readFileSync(defaultConfig, "utf8");
  writeFileSync(config, own.replace(/^main = .*$/m, `main = ${JSON.stringify(entry)}`));
  const stack = await startStack({
    port: 0,
    dashboard: false,
    cronIntervalMs: 0,
    bufferPoolMegabytes: 1_024,
    dataDir: join(folder, "stack"),
    config,
    vars,
  });
  await stack.healthy();
  return Object.assign(stack, {
    async counts() {
      const response = await fetch(`${stack.origin}/t/bench-counts`);
      return (await response.json()) as Counts;
    },
  });
}
