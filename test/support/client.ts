/** The API as a program uses it: cookies kept, workspace named, refusals thrown with all they say. */
import createClient, { type Client } from "openapi-fetch";
import type { paths } from "../../web/src/lib/api/schema.d.ts";

export class Refused extends Error {
  readonly status: number;
  readonly problem: { code?: string; detail?: string; errors?: { pointer: string; detail: string }[] };
  constructor(method: string, path: string, status: number, problem: Refused["problem"], text: string) {
    super(`${method} ${path}: ${status} ${problem.detail ?? text.slice(0, 300)}`);
    this.status = status;
    this.problem = problem;
  }
}

export type ApiClient = {
  readonly origin: string;
  /** The answer as it is, whatever its status. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** The parsed answer of a request that must succeed. `Shape` is what the caller expects of it. */
  call<Shape>(method: string, path: string, body?: unknown): Promise<Shape>;
  /** Every item of a paged list. */
  all<Item>(path: string): Promise<Item[]>;
  useTenant(id: string): void;
  readonly cookie: () => string;
  /** Sent with every request. */
  readonly headers: Headers;
  /** The same, typed by the OpenAPI document; refusals are answers. */
  readonly api: Client<paths>;
};
export type TestClient = ApiClient;

/** `credential`: an API key to use instead of a session. */
export function apiClient(origin: string, credential?: string): ApiClient {
  const cookies = new Map<string, string>();
  const defaults = new Headers(credential ? { authorization: `Bearer ${credential}` } : {});
  const keepCookies = (response: Response) => {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      const at = pair.indexOf("=");
      if (pair.slice(at + 1) === "") cookies.delete(pair.slice(0, at));
      else cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  };
  const standing = () => ({
    ...Object.fromEntries(defaults),
    ...(cookies.size > 0 ? { cookie: client.cookie(), origin } : {}),
  });
  const client: ApiClient = {
    origin,
    headers: defaults,
    api: createClient<paths>({
      baseUrl: origin,
      async fetch(request: Request) {
        const headers = new Headers(request.headers);
        for (const [name, value] of Object.entries(standing()))
          if (!headers.has(name)) headers.set(name, value);
        return keepCookies(await fetch(new Request(request, { headers, redirect: "manual" })));
      },
    }),
    async send(method, path, body, headers = {}) {
      const raw = typeof body === "string" || body instanceof Uint8Array;
      const init: RequestInit = {
        method,
        redirect: "manual",
        headers: {
          ...(body === undefined || raw ? {} : { "content-type": "application/json" }),
          ...standing(),
          ...headers,
        },
      };
      if (body !== undefined) init.body = raw ? (body as BodyInit) : JSON.stringify(body);
      const response = await fetch(new URL(path, origin), init);
      return keepCookies(response);
    },
    async call<Shape>(method: string, path: string, body?: unknown) {
      const response = await client.send(method, path, body);
      const text = await response.text();
      if (!response.ok)
        throw new Refused(method, path, response.status, parsed(text) as Refused["problem"], text);
      return parsed(text) as Shape;
    },
    async all<Item>(path: string) {
      const items: Item[] = [];
      let cursor: string | null = null;
      do {
        const url: URL = new URL(path, origin);
        url.searchParams.set("limit", "100");
        if (cursor) url.searchParams.set("cursor", cursor);
        const page: { data: Item[]; next_cursor: string | null } = await client.call(
          "GET",
          url.pathname + url.search,
        );
        items.push(...page.data);
        cursor = page.next_cursor;
      } while (cursor);
      return items;
    },
    useTenant(id) {
      defaults.set("x-tenant-id", id);
    },
    cookie: () => [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
  };
  return client;
}

function parsed(text: string): unknown {
  try {
    return text === "" ? {} : JSON.parse(text);
  } catch {
    return {};
  }
}

export const client = apiClient;

/** A fresh workspace with its owner signed in: tests share nothing. */
export async function signUp(origin: string, name = "Test Shop") {
  const owner = apiClient(origin);
  const email = `owner-${crypto.randomUUID()}@shop.example`;
  const me = await owner.call<{ user: { id: string }; tenants: { id: string }[] }>(
    "POST",
    "/v1/auth/signup",
    {
      email,
      password: "correct horse battery staple",
      name: "Olive Owner",
      tenant_name: name,
      time_zone: "Europe/Dublin",
    },
  );
  const tenantId = me.tenants[0]?.id ?? "";
  owner.useTenant(tenantId);
  return { client: owner, tenantId, userId: me.user.id, email };
}

/** Asks until the answer is good or the time is over; the condition is awaited, never a fixed time. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  timeoutMs = 60_000,
  everyMs = 100,
): Promise<T> {
  const endMs = performance.now() + timeoutMs;
  let lastError: unknown;
  while (performance.now() < endMs) {
    try {
      const answer = await ask();
      if (answer) return answer;
    } catch (error) {
      lastError = error;
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  throw new Error(`waited ${timeoutMs} ms in vain for: ${what}`, { cause: lastError });
}
