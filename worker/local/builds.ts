// The two things that are built: the Worker's bundle and the dashboard's files.
import { cpSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { cachedBuild } from "./build-cache.ts";
import { mustRun, root } from "./command.ts";

export const defaultConfig = join(root, "wrangler.toml");

/** What the Worker is made of; local tools, tests and generated SQL are not. */
export const workerSources = ["worker", "queues", "db", "domain"];
export const dashboardSources = ["web", "domain"];

const notBundled = (path: string) => /\/(local|migrations)$|\.d\.ts$|\.md$/.test(path);
const notServed = (path: string) => /\/(build|\.svelte-kit|node_modules|functions)$/.test(path);

/** Bundles as a deployment would and returns the folder with index.js. */
export function buildWorker(cacheDir: string, config = defaultConfig): Promise<string> {
  const project = dirname(config);
  return cachedBuild({
    cacheDir,
    kind: "worker",
    sources: [
      config,
      join(root, "package-lock.json"),
      ...workerSources.map((name) => join(root, name)),
      ...(config === defaultConfig ? [] : [project]),
    ],
    ignore: notBundled,
    async make(into) {
      await mustRun("wrangler", ["deploy", "--dry-run", "--config", config, "--outdir", into]);
    },
  });
}

/** Returns the folder with index.html, or undefined while there is no dashboard. */
export async function buildDashboard(cacheDir: string): Promise<string | undefined> {
  const web = join(root, "web");
  if (!existsSync(join(web, "vite.config.ts"))) return undefined;
  return cachedBuild({
    cacheDir,
    kind: "dashboard",
    sources: [...dashboardSources.map((name) => join(root, name)), join(root, "package-lock.json")],
    ignore: notServed,
    async make(into) {
      await mustRun("vite", ["build", "--logLevel", "warn"], { cwd: web });
      cpSync(join(web, "build"), into, { recursive: true });
    },
  });
}
