/** Who is signed in, in which workspace, and what they may do there; the API client and its cache belong to it. */
import { QueryCache, QueryClient } from "@tanstack/svelte-query";
import { createContext } from "svelte";
import { may, type Permission, type Role } from "#domain/tenant/role";
import { type Api, createApi, got, type Schema } from "#lib/api/client.ts";
import { ApiProblem, isOutage } from "#lib/api/problem.ts";

type Me = Schema<"Me">;
export type Tenant = Me["tenants"][number];

const remembered = "larkpost-workspace";

export class Session {
  readonly api: Api;
  readonly queries: QueryClient;
  #me = $state.raw<Me | null>(null);
  #tenantId = $state<string>();
  /** The API has said that nobody is signed in; only signing in changes that. */
  #nobody = false;
  /** The API cannot be reached; the shell says so and tries again. */
  down = $state(false);

  constructor(options: { fetch?: typeof fetch; onEnded: () => void }) {
    this.api = createApi({
      fetch: options.fetch,
      tenantId: () => this.#tenantId,
      onUnauthenticated: options.onEnded,
    });
    this.queries = new QueryClient({
      queryCache: new QueryCache({
        onError: (error) => {
          if (error instanceof ApiProblem && error.status === 0) this.down = true;
        },
      }),
      defaultOptions: {
        queries: {
          staleTime: 30_000,
          networkMode: "always",
          retry: (failures, error) => isOutage(error) && failures < 2,
          retryDelay: (failures) => 400 * 2 ** failures,
        },
        mutations: { networkMode: "always", retry: false },
      },
    });
  }

  get me(): Me | null {
    return this.#me;
  }
  /** Of those who are signed in; the shell shows nothing to others. */
  get user(): Me["user"] {
    if (!this.#me) throw new Error("nobody is signed in");
    return this.#me.user;
  }
  get tenants(): readonly Tenant[] {
    return this.#me?.tenants ?? [];
  }
  get tenant(): Tenant {
    const tenant = this.tenants.find(({ id }) => id === this.#tenantId);
    if (!tenant) throw new Error("no workspace is chosen");
    return tenant;
  }
  get role(): Role {
    return this.tenant.role;
  }
  can(permission: Permission): boolean {
    return may(this.role, permission);
  }
  /** The cache key of something of this workspace: `session.key("contacts", { search })`. */
  key(resource: string, ...params: readonly unknown[]): readonly unknown[] {
    return [this.#tenantId, resource, ...params];
  }
  /** Everything cached under these names is asked for again. */
  async refresh(...resources: readonly string[]): Promise<void> {
    await Promise.all(resources.map((name) => this.queries.invalidateQueries({ queryKey: this.key(name) })));
  }

  /** Asks the API who this is; answers whether anybody is. */
  async load(): Promise<boolean> {
    if (this.#me || this.#nobody) return !!this.#me;
    try {
      this.enter(await got(this.api.GET("/v1/me")));
      return true;
    } catch (error) {
      if (!(error instanceof ApiProblem && error.status === 401)) throw error;
      this.#nobody = true;
      return false;
    }
  }
  /** The same person, with what changed about them or their workspaces. */
  update(me: Me): void {
    this.#me = me;
  }
  /** The workspace that is open was given another name. */
  rename(name: string): void {
    if (!this.#me) return;
    const tenants = this.#me.tenants.map((tenant) =>
      tenant.id === this.#tenantId ? { ...tenant, name } : tenant,
    );
    this.#me = { ...this.#me, tenants };
  }
  /** After signing up, in, or joining: `tenantId` names the workspace to open. */
  enter(me: Me, tenantId?: string): void {
    this.#me = me;
    const wanted = [
      tenantId,
      this.#tenantId,
      sessionStorage.getItem(remembered),
      localStorage.getItem(remembered),
    ];
    const tenant = wanted.map((id) => me.tenants.find((t) => t.id === id)).find((t) => t) ?? me.tenants[0];
    this.#choose(tenant?.id);
  }
  /** The caller leads to a page that exists in every workspace. */
  switchTo(tenantId: string): void {
    this.queries.clear();
    this.#choose(tenantId);
  }
  /** The caller then loads the login page anew, so that nothing of this person stays in memory. */
  async leave(): Promise<void> {
    await got(this.api.POST("/v1/auth/logout"));
  }

  #choose(tenantId: string | undefined): void {
    this.#tenantId = tenantId;
    if (!tenantId) return;
    // Of this tab first: two tabs may stand in two workspaces.
    sessionStorage.setItem(remembered, tenantId);
    localStorage.setItem(remembered, tenantId);
  }
}

export const [useSession, provideSession] = createContext<Session>();
