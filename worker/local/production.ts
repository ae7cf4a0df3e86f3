// What a deployment needs beyond code: resources to create, placeholders to fill, secrets to set.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { unstable_readConfig } from "wrangler";
import { root } from "./command.ts";

export type Production = {
  name: string;
  queues: string[];
  buckets: string[];
  namespaces: { binding: string; id: string }[];
  publicOrigin: string;
  environment: string;
  /** Names of all bindings the Worker will find. */
  bindings: string[];
};

// Of wrangler's configuration, whose own type leaves these open, only what is read here.
type Configuration = {
  name?: string;
  vars: Record<string, string>;
  queues: { producers?: { binding: string; queue: string }[]; consumers?: { queue: string }[] };
  durable_objects: { bindings: { name: string }[] };
  kv_namespaces: { binding: string; id?: string }[];
  r2_buckets: { binding: string; bucket_name?: string }[];
  services?: { binding: string }[];
};

/** Throws when wrangler.toml is not valid. */
export function readProduction(): Production {
  const path = join(root, "wrangler.toml");
  const config: Configuration = unstable_readConfig({ config: path }, { hideWarnings: true });
  const producers = config.queues.producers ?? [];
  const consumers = config.queues.consumers ?? [];
  const objects = config.durable_objects.bindings;
  return {
    name: config.name ?? "",
    queues: [...new Set([...producers, ...consumers].map(({ queue }) => queue))],
    buckets: config.r2_buckets.map((bucket) => bucket.bucket_name ?? ""),
    namespaces: config.kv_namespaces.map(({ binding, id }) => ({ binding, id: id ?? "" })),
    publicOrigin: config.vars.PUBLIC_ORIGIN ?? "",
    environment: config.vars.ENVIRONMENT ?? "",
    bindings: [
      ...producers.map(({ binding }) => binding),
      ...objects.map(({ name }) => name),
      ...config.kv_namespaces.map(({ binding }) => binding),
      ...config.r2_buckets.map(({ binding }) => binding),
      ...(config.services ?? []).map(({ binding }) => binding),
      ...Object.keys(config.vars),
    ],
  };
}

/** Commands that make what the bindings point to. Creating what exists fails harmlessly. */
export function createCommands(production: Production, pagesProject: string): string[] {
  return [
    ...production.queues.map((queue) => `npx wrangler queues create ${queue}`),
    ...production.buckets.map((bucket) => `npx wrangler r2 bucket create ${bucket}`),
    ...production.namespaces.map(({ binding }) => `npx wrangler kv namespace create ${binding}`),
    `npx wrangler pages project create ${pagesProject} --production-branch main`,
  ];
}

/** Values that only fit a local machine. */
export function leftToSet({ namespaces, publicOrigin, environment }: Production): string[] {
  return [
    ...namespaces
      .filter(({ id }) => /^0+\d?$/.test(id))
      .map(({ binding }) => `the id of the KV namespace ${binding}, as its creation prints it`),
    ...(/127\.0\.0\.1|localhost/.test(publicOrigin)
      ? ["PUBLIC_ORIGIN, the https:// address of the dashboard"]
      : []),
    ...(environment === "local" ? ['ENVIRONMENT, to "production"'] : []),
  ];
}

/** What the Worker's own types demand beyond its configuration. */
export function requiredSecrets(): string[] {
  const types = readFileSync(join(root, "worker/secrets.d.ts"), "utf8");
  return [...types.matchAll(/^ {2}([A-Z_]+): string;$/gm)].map((match) => match[1] ?? "");
}
