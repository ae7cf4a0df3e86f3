// `npm run dev`: puts changes in place as they are saved.
import { existsSync, watch } from "node:fs";
import { join } from "node:path";
import { dashboardSources, workerSources } from "./builds.ts";
import { root } from "./command.ts";
import type { Stack } from "./stack.ts";

// An editor writes a file in several steps, and a branch switch many files.
const settleMs = 150;
const generated = /(^|\/)(build|\.svelte-kit|node_modules)(\/|$)/;

/** Watches until the process ends. What did not change is not built again. */
export function watchSources(stack: Pick<Stack, "rebuild">): void {
  let timer: NodeJS.Timeout | undefined;
  let building = false;
  let again = false;
  const rebuild = async () => {
    if (building) {
      again = true;
      return;
    }
    building = true;
    const began = performance.now();
    try {
      await stack.rebuild();
      console.log(`  changed and in place after ${((performance.now() - began) / 1000).toFixed(1)} s`);
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
    }
    building = false;
    if (again) {
      again = false;
      await rebuild();
    }
  };
  for (const folder of new Set([...workerSources, ...dashboardSources])) {
    const path = join(root, folder);
    if (!existsSync(path)) continue;
    watch(path, { recursive: true }, (_event, name) => {
      if (name === null || generated.test(name)) return;
      clearTimeout(timer);
      timer = setTimeout(() => void rebuild(), settleMs);
    });
  }
}
