/** What every handler finds on its context. */
import type { TenantDb } from "#db/scope";
import type { TenantId } from "#domain/ids";
import type { Role } from "#domain/tenant/role";
import type { Deps } from "#queues/deps";

/** Who asks: a person with a session or a program with a key. */
export type Actor = {
  /** `usr_…` or `key_…`. */
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly ip: string;
  readonly userAgent: string;
};

export type AppEnv = {
  Bindings: Env;
  Variables: {
    requestId: string;
    deps: Deps;
    /** Set by the tenant middleware; routes that declare a permission find it. */
    actor: Actor;
    tenantId: TenantId;
    scope: TenantDb;
  };
};
