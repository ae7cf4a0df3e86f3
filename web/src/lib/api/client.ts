/** The typed client of our own API: same origin, session cookie, one workspace per request. */
import createClient, { type Client } from "openapi-fetch";
import { ApiProblem, offline, problemOf } from "./problem.ts";
import type { components, paths } from "./schema.d.ts";

export type Api = Client<paths>;
/** `Schema<"Contact">`: a named shape of the contract. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

export type ApiOptions = {
  readonly fetch?: typeof fetch;
  /** The workspace that `X-Tenant-Id` names; undefined before login. */
  readonly tenantId: () => string | undefined;
  /** Called when a session turns out to be gone. */
  readonly onUnauthenticated: () => void;
};

export function createApi(options: ApiOptions): Api {
  const api = createClient<paths>({
    baseUrl: globalThis.location?.origin ?? "",
    fetch: (request) => (options.fetch ?? fetch)(request),
  });
  api.use({
    onRequest({ request }) {
      const tenantId = options.tenantId();
      if (tenantId) request.headers.set("X-Tenant-Id", tenantId);
      return request;
    },
    onResponse({ request, response }) {
      if (response.status === 401 && !isSignIn(request.url)) options.onUnauthenticated();
      return response;
    },
    onError({ error }) {
      return error instanceof DOMException && error.name === "AbortError" ? undefined : offline();
    },
  });
  return api;
}

/** There a 401 means a wrong password, not an ended session. */
function isSignIn(url: string): boolean {
  const { pathname } = new URL(url);
  return pathname.startsWith("/v1/auth/") || pathname.startsWith("/v1/invitations/") || pathname === "/v1/me";
}

type Answer<Data> = { data?: Data; error?: unknown; response: Response };

/** The body of a good answer; throws `ApiProblem` for every other. `await got(api.GET("/v1/tags"))` */
export async function got<Data>(call: Promise<Answer<Data>>): Promise<NonNullable<Data>> {
  const { data, error, response } = await call;
  if (!response.ok) throw error instanceof ApiProblem ? error : await problemOf(response, error);
  return data as NonNullable<Data>;
}

/** For POSTs that create or send: the same key makes a repeated click harmless. */
export function idempotencyKey(): { "Idempotency-Key": string } {
  return { "Idempotency-Key": crypto.randomUUID() };
}
