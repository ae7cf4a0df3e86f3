/** What the rooms behind the doors are given: database, clock, ids, log, keys. Made once per invocation. */
import { type Db, openDb } from "#db/client";
import { TenantDb } from "#db/scope";
import { SystemDb } from "#db/system";
import type { TenantId } from "#domain/ids";
import { type Clock, idMint, type Log, type NewId } from "#domain/ports";
import { type DeploymentKey, deploymentKey, unwrapKey } from "#domain/tenant/sealing";

export type Deps = {
  readonly env: Env;
  readonly db: Db;
  readonly system: SystemDb;
  readonly now: Clock;
  readonly newId: NewId;
  readonly random: (bytes: Uint8Array) => void;
  readonly log: Log;
  readonly publicOrigin: string;
  scope(tenantId: TenantId): TenantDb;
  deploymentKey(): Promise<DeploymentKey>;
  /** The tenant's own key, unwrapped; looked up once per isolate. */
  tenantKey(tenantId: TenantId): Promise<CryptoKey>;
};

// Keys outlive an invocation: unwrapping them again for every request would cost a query each.
const deploymentKeys = new Map<string, Promise<DeploymentKey>>();
const tenantKeys = new Map<string, Promise<CryptoKey>>();
const maxTenantKeys = 1_000;

const logLine: Log = (event, fields) => console.log(JSON.stringify({ event, ...fields }));

export function createDeps(env: Env): Deps {
  // Most requests are opens and clicks, which need no database: it is opened by whoever asks first.
  let db: Db | undefined;
  let system: SystemDb | undefined;
  const now: Clock = () => Date.now();
  const random = (bytes: Uint8Array) => void crypto.getRandomValues(bytes);
  const deps: Deps = {
    env,
    get db() {
      db ??= openDb(env.DATABASE_URL);
      return db;
    },
    get system() {
      system ??= new SystemDb(deps.db.crossTenant);
      return system;
    },
    now,
    random,
    newId: idMint(now, random),
    log: logLine,
    publicOrigin: env.PUBLIC_ORIGIN,
    scope: (tenantId) => new TenantDb(deps.db.orm, tenantId),
    deploymentKey() {
      const known = deploymentKeys.get(env.DEPLOYMENT_KEY);
      if (known) return known;
      const made = deploymentKey(env.DEPLOYMENT_KEY);
      deploymentKeys.set(env.DEPLOYMENT_KEY, made);
      return made;
    },
    async tenantKey(tenantId) {
      const known = tenantKeys.get(tenantId);
      if (known) return known;
      if (tenantKeys.size >= maxTenantKeys) tenantKeys.clear();
      const made = (async () =>
        unwrapKey(await deps.deploymentKey(), tenantId, await deps.system.wrappedKey(tenantId)))();
      tenantKeys.set(tenantId, made);
      // A failed look-up must not be remembered.
      made.catch(() => tenantKeys.delete(tenantId));
      return made;
    },
  };
  return deps;
}
