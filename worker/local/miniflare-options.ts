// The Worker's configuration, as it would be deployed, in the terms of the local platform.
import { readdirSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { extname, join } from "node:path";
import { convertV4MiniflareOptions, type MiniflareOptions, type V4WorkerOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { root } from "./command.ts";

export type PlatformOptions = {
  /** wrangler.toml of the Worker. */
  config: string;
  /** Folder of its bundle. */
  bundleDir: string;
  /** Folder of the dashboard's files. */
  dashboardDir?: string;
  persistDir: string;
  port: number;
  /** Variables and secrets beside those of the configuration. */
  vars: Record<string, string>;
  /** Replaces parts of the Worker's options, merged key by key: queue settings, say. `null` takes a part away. */
  workerOverrides?: Record<string, unknown>;
  /** Workers beside it, which its bindings may name: a test's own far ends, say. */
  besides?: readonly V4WorkerOptions[];
};

const moduleTypes = {
  ".js": "ESModule",
  ".mjs": "ESModule",
  ".wasm": "CompiledWasm",
  ".bin": "Data",
} as const;

export function platformOptions(options: PlatformOptions): MiniflareOptions {
  const { workerOptions } = unstable_getMiniflareWorkerOptions(options.config);
  const api = merge(
    {
      ...workerOptions,
      name: "larkpost",
      bindings: { ...(workerOptions.bindings as Tree), ...options.vars },
      modules: bundleModules(options.bundleDir),
      modulesRoot: options.bundleDir,
    },
    options.workerOverrides ?? {},
  ) as V4WorkerOptions;
  const converted = convertV4MiniflareOptions({
    host: "127.0.0.1",
    // Cron is fired at the first Worker through this inner address; callers use the front's own socket.
    port: 0,
    unsafeTriggerHandlers: true,
    cf: false,
    workers: [api, front(options, String(workerOptions.compatibilityDate)), ...(options.besides ?? [])],
  });
  converted.resourcePersistencePath = options.persistDir;
  return converted;
}

function front({ port, dashboardDir }: PlatformOptions, compatibilityDate: string): V4WorkerOptions {
  const files = ["worker/local/front.ts", "web/functions/_middleware.ts"];
  return {
    name: "front",
    compatibilityDate,
    modulesRoot: root,
    modules: files.map((file) => ({
      type: "ESModule",
      path: join(root, file),
      contents: stripTypeScriptTypes(readFileSync(join(root, file), "utf8")),
    })),
    serviceBindings: { API: "larkpost" },
    unsafeDirectSockets: [{ host: "127.0.0.1", port }],
    ...(dashboardDir && {
      assets: {
        directory: dashboardDir,
        binding: "ASSETS",
        routerConfig: { has_user_worker: true, invoke_user_worker_ahead_of_assets: true },
        assetConfig: { not_found_handling: "single-page-application", html_handling: "auto-trailing-slash" },
      },
    }),
  };
}

function bundleModules(dir: string) {
  const names = readdirSync(dir, { recursive: true, encoding: "utf8" }).filter(
    (name) => extname(name) in moduleTypes,
  );
  // The first one is the entry.
  return names
    .sort((a, b) => Number(b === "index.js") - Number(a === "index.js"))
    .map((name) => ({
      type: moduleTypes[extname(name) as keyof typeof moduleTypes],
      path: join(dir, name),
    }));
}

type Tree = Record<string, unknown>;
const isTree = (value: unknown): value is Tree =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

function merge(base: Tree, over: Tree): Tree {
  const result = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const current = result[key];
    if (value === null) delete result[key];
    else result[key] = isTree(current) && isTree(value) ? merge(current, value) : value;
  }
  return result;
}
