/** What every handler finds on its context. */
import type { TenantDb } from "#db/scope";
import type { TenantId, UserId } from "#domain/ids";
import type { Role } from "#domain/tenant/role";
import type { Deps } from "#queues/deps";
import type { IdempotencyKey } from "./middleware/idempotency.ts";

/** Who asks: a person with a session or a program with a key. */
export type Actor = {
  /** `usr_…` or `key_…`. */
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly ip: string;
  readonly userAgent: string;
};

/** A signed-in person and the workspaces they belong to, in the order they joined. */
export type Person = {
  readonly id: UserId;
  readonly email: string;
  readonly name: string;
  readonly memberships: readonly Membership[];
};
export type Membership = { readonly tenantId: TenantId; readonly tenantName: string; readonly role: Role };

export type AppEnv = {
  Bindings: Env;
  Variables: {
    requestId: string;
    deps: Deps;
    /** Set where a session was used: always on routes with `needsSession()`. */
    person: Person;
    /** A Set-Cookie value: the session was extended by this request. */
    renewedCookie: string;
    /** Set by worker/middleware/access.ts; routes that declare a permission find it. */
    actor: Actor;
    tenantId: TenantId;
    scope: TenantDb;
    /** Set where the caller sent a key; ids derived from it stay the same when the request is repeated. */
    idempotency: IdempotencyKey | undefined;
  };
};
